-- Shows jobs whose time has come, by the clock of the server.
-- Needs: time.
--
-- ARGV: how many at most, of each
-- Gives {due scheduled jobs, due retries}.

local present = score(now())
local function due(key)
  return redis.call('ZRANGEBYSCORE', key, '-inf', present, 'LIMIT', 0, ARGV[1])
end
return { due(SCHEDULE), due(RETRY) }
