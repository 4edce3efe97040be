-- Records a moment of a recurring task, with its job: both or neither, and once.
-- Needs: frames, time, queues, permits, locks, accepting, moments.
--
-- ARGV: key, version, moment, seconds for which ticks are kept, id of the job or empty,
--       then the record of the job, as accepting reads it; none if another adapter has it
-- Gives "gone", "taken", {0, reason, number} of a refusal, or "done".

local key, version, moment, keep, id = unpack(ARGV, 1, 5)
local task, ticks = TASK .. key, TICKS .. key
local kept = redis.call('HMGET', task, 'version', 'is_enabled', 'last_tick_at')
if kept[1] ~= version or kept[2] ~= '1' then
  return 'gone'
end
if redis.call('ZCOUNT', ticks, moment, moment) > 0 then
  return 'taken'
end
local refusals = accept_all(6)
if #refusals > 0 then
  return refusals[1]
end
redis.call('ZADD', ticks, moment, moment .. ':' .. id)
redis.call('ZREMRANGEBYSCORE', ticks, '-inf',
  string.format('%.0f', tonumber(present()) - tonumber(keep) * 1e6))
redis.call('EXPIRE', ticks, keep)
if is_later(moment, kept[3]) then
  redis.call('HSET', task, 'last_tick_at', moment)
end
return 'done'
