-- Shows jobs whose time has come, by the clock of the server.
-- Needs: time.
--
-- ARGV: how many at most, of each
-- Gives {due scheduled jobs, due retries, seconds to the first of all, or nothing}.

local present = score(now())
local function due(key)
  return redis.call('ZRANGEBYSCORE', key, '-inf', present, 'LIMIT', 0, ARGV[1])
end
local first
for _, key in ipairs({ SCHEDULE, RETRY }) do
  local found = redis.call('ZRANGEBYSCORE', key, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if found[2] then
    first = math.min(first or math.huge, tonumber(found[2]) - now())
  end
end
return { due(SCHEDULE), due(RETRY), first and tostring(first) }
