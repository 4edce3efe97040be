-- Asks the jobs of claims to end, each once.
-- Needs: memory, time.
--
-- ARGV: process id, token, process id, token, …
-- Gives how many were still held, and had not been asked.

local asked = 0
write_though_memory_is_full()
for place = 1, #ARGV, 2 do
  if redis.call('HEXISTS', CLAIMS .. ARGV[place], ARGV[place + 1]) == 1 then
    asked = asked + redis.call('HSETNX', CANCELLED, ARGV[place + 1], score(now()))
  end
end
return asked
