-- Gives the permits that are free, and forgets limits that nobody is under.
-- Needs: frames, time, queues, permits.
--
-- ARGV: keys of limits
-- Gives how many jobs were admitted.

local admitted = 0
for _, key in ipairs(ARGV) do
  admitted = admitted + admit(key)
  local waiting = redis.call('LLEN', BLOCKED .. key)
  if waiting == 0 and redis.call('ZCARD', HOLDERS .. key) == 0 then
    redis.call('UNLINK', SEMAPHORE .. key)
    redis.call('SREM', LIMITS, key)
  end
end
return admitted
