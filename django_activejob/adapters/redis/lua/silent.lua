-- Finds processes that may be dead.
-- Needs: time.
--
-- ARGV: seconds of silence
-- Gives {those that were silent for so long, those that hold something and are not registered}.

local silent = redis.call('ZRANGEBYSCORE', BEATS, '-inf', score(now() - tonumber(ARGV[1])))
local strangers = {}
for _, process in ipairs(redis.call('SMEMBERS', OWNERS)) do
  if not redis.call('ZSCORE', BEATS, process) then
    strangers[#strangers + 1] = process
  end
end
return { silent, strangers }
