-- Removes static tasks that only older settings declare.
-- Needs: moments.
--
-- ARGV: the moment of the settings, then the keys of the tasks that they declare
-- Gives how many were removed.

local stays, removed = {}, 0
for place = 2, #ARGV do
  stays[ARGV[place]] = true
end
for _, key in ipairs(redis.call('SMEMBERS', RECURRING)) do
  local kept = redis.call('HMGET', TASK .. key, 'is_static', 'declared_at')
  if not stays[key] and kept[1] == '1' and is_later(ARGV[1], kept[2]) then
    redis.call('SREM', RECURRING, key)
    redis.call('DEL', TASK .. key)
    removed = removed + 1
  end
end
return removed
