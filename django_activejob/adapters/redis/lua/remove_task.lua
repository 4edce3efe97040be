-- Removes a task that is not static.
--
-- ARGV: key
-- Gives 0 when there is none.

if redis.call('HGET', TASK .. ARGV[1], 'is_static') ~= '0' then
  return 0
end
redis.call('SREM', RECURRING, ARGV[1])
return redis.call('DEL', TASK .. ARGV[1])
