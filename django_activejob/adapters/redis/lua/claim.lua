-- Takes strings out of queues, in the order of the queues, into what a process holds.
-- Needs: frames, time.
--
-- ARGV: process id, how many at most, then queues; "prefix*" and "*" are patterns
-- Gives token, text, token, text, …; false when the process is not registered.

local process, wanted = ARGV[1], tonumber(ARGV[2])
if not redis.call('ZSCORE', BEATS, process) then
  return false
end

local taken = {}
local room = wanted
local moment = string.format('%.0f', now() * 1e6)
local paused, all = {}, nil
for _, queue in ipairs(redis.call('SMEMBERS', PAUSED)) do
  paused[queue] = true
end

local function keep(queue, texts)
  local last = redis.call('INCRBY', CLAIMED, #texts)
  for place, text in ipairs(texts) do
    local token = moment .. '-' .. string.format('%.0f', last - #texts + place)
    redis.call('HSET', CLAIMS .. process, token, framed(queue, text))
    taken[#taken + 1] = token
    taken[#taken + 1] = text
  end
  room = room - #texts
end

local function take(queue)
  if room < 1 or paused[queue] then
    return
  end
  local texts = redis.call('RPOP', QUEUE .. queue, room)
  if texts then
    keep(queue, texts)
  end
end

local function take_matching(prefix)
  if not all then
    all = redis.call('SMEMBERS', QUEUES)
    table.sort(all)
  end
  for _, queue in ipairs(all) do
    if string.sub(queue, 1, #prefix) == prefix then
      take(queue)
    end
  end
end

for number = 3, #ARGV do
  local name = ARGV[number]
  if string.sub(name, -1) == '*' then
    take_matching(string.sub(name, 1, -2))
  else
    take(name)
  end
end
return taken
