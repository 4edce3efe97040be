-- Notes that a task is done with up to a moment.
-- Needs: moments.
--
-- ARGV: key, version, moment
-- Gives 0 when that was known, or the task is gone or changed.

local task = TASK .. ARGV[1]
local kept = redis.call('HMGET', task, 'version', 'last_tick_at')
if kept[1] ~= ARGV[2] or not is_later(ARGV[3], kept[2]) then
  return 0
end
redis.call('HSET', task, 'last_tick_at', ARGV[3])
return 1
