-- Takes the right to claim from a process that has died, and shows what it holds.
-- Needs: time, owners.
--
-- ARGV: process id, seconds of silence without which it is alive (empty: it is dead)
-- Gives token, frame, token, frame, …; false when it is alive.

local beat = redis.call('ZSCORE', BEATS, ARGV[1])
if beat and ARGV[2] ~= '' and tonumber(beat) > now() - tonumber(ARGV[2]) then
  return false
end
redis.call('ZREM', BEATS, ARGV[1])
local held = redis.call('HGETALL', CLAIMS .. ARGV[1])
forget_if_empty(ARGV[1])
return held
