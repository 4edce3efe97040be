-- Adds a task that is not static, or replaces it.
-- Needs: moments.
--
-- ARGV: key, definition, "1" or "0" for whether it is enabled, version
-- Gives 0 when a static one has its key.

local task = TASK .. ARGV[1]
if redis.call('HGET', task, 'is_static') == '1' then
  return 0
end
redis.call('SADD', RECURRING, ARGV[1])
redis.call('HSET', task, 'definition', ARGV[2], 'is_static', '0', 'is_enabled', ARGV[3],
  'version', ARGV[4], 'declared_at', present(), 'updated_at', present())
return 1
