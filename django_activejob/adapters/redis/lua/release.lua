-- Takes permits of a limit away, and gives them to jobs that wait.
-- Needs: frames, time, queues, permits.
--
-- ARGV: key, then ids of jobs
-- Gives how many had one.

local taken = 0
for place = 2, #ARGV do
  taken = taken + redis.call('ZREM', HOLDERS .. ARGV[1], ARGV[place])
end
admit(ARGV[1])
return taken
