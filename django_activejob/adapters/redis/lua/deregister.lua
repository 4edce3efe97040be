-- Forgets a process that leaves: what it holds goes back to the heads of the queues, but for what
-- an operator has cancelled: that stays, and the process with it, until it has been settled.
-- Needs: frames, queues, owners.
--
-- ARGV: process id
-- Gives the tokens that are cancelled.

local claims = CLAIMS .. ARGV[1]
redis.call('ZREM', BEATS, ARGV[1])
local tokens = redis.call('HKEYS', claims)
local function number(token)
  return tonumber(string.match(token, '%d+$'))
end
table.sort(tokens, function(one, other) return number(one) > number(other) end)
local cancelled = {}
for _, token in ipairs(tokens) do
  if redis.call('HEXISTS', CANCELLED, token) == 1 then
    cancelled[#cancelled + 1] = token
  else
    put_first(unframed(redis.call('HGET', claims, token)))
    redis.call('HDEL', claims, token)
  end
end
forget_if_empty(ARGV[1])
return cancelled
