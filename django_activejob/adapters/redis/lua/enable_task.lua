-- Lets a task tick, or not.
-- Needs: moments.
--
-- ARGV: key, "1" or "0", version
-- Gives 0 when there is none.

local task = TASK .. ARGV[1]
if redis.call('EXISTS', task) == 0 then
  return 0
end
redis.call('HSET', task, 'is_enabled', ARGV[2], 'version', ARGV[3], 'updated_at', present())
return 1
