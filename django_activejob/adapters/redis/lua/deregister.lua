-- Forgets a process that leaves: what it holds goes back to the heads of the queues.
-- Needs: frames, queues, owners.
--
-- ARGV: process id

local claims = CLAIMS .. ARGV[1]
redis.call('ZREM', BEATS, ARGV[1])
local tokens = redis.call('HKEYS', claims)
local function number(token)
  return tonumber(string.match(token, '%d+$'))
end
table.sort(tokens, function(one, other) return number(one) > number(other) end)
for _, token in ipairs(tokens) do
  put_first(unframed(redis.call('HGET', claims, token)))
end
redis.call('DEL', claims)
forget_if_empty(ARGV[1])
