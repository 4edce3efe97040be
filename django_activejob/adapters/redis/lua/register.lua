-- Makes a process known: only then may it claim. To do it again does no harm.
-- Needs: memory, time.
--
-- ARGV: process id, then fields and values of what is known of it

local owner = OWNER .. ARGV[1]
write_though_memory_is_full()
redis.call('SADD', OWNERS, ARGV[1])
redis.call('ZADD', BEATS, score(now()), ARGV[1])
redis.call('HSETNX', owner, 'started_at', score(now()))
redis.call('HSET', owner, unpack(ARGV, 2))
