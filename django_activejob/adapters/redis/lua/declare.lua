-- Makes the static tasks those that settings declare; what newer settings have said stays.
-- Needs: moments.
--
-- ARGV: the moment of the settings, then key, definition, "1" or "0", version of each task

local as_of = ARGV[1]

local function write(key, definition, is_enabled, version)
  local task = TASK .. key
  redis.call('SADD', RECURRING, key)
  redis.call('HSET', task, 'definition', definition, 'is_static', '1', 'is_enabled', is_enabled,
    'version', version, 'declared_at', as_of, 'updated_at', present())
end

local function declare_task(key, definition, is_enabled, version)
  local task = TASK .. key
  local kept = redis.call('HMGET', task, 'is_static', 'definition', 'declared_at')
  if not kept[1] then
    write(key, definition, is_enabled, version)
  elseif kept[1] == '1' and not is_later(kept[3], as_of) then
    if kept[2] == definition then
      redis.call('HSET', task, 'declared_at', as_of)
    else
      write(key, definition, is_enabled, version)
    end
  end
end

for place = 2, #ARGV, 4 do
  declare_task(unpack(ARGV, place, place + 3))
end
