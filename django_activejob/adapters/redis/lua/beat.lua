-- Says that a process lives, to us and to Sidekiq.
-- Needs: memory, frames, time.
--
-- ARGV: process id, then fields and values that are known of it from now on, maybe none
-- Gives {tokens that it holds, what people want of it, tokens of what they have cancelled};
-- false when it is not registered.

local owner = OWNER .. ARGV[1]
write_though_memory_is_full()
if not redis.call('ZSCORE', BEATS, ARGV[1]) then
  return false
end
redis.call('ZADD', BEATS, score(now()), ARGV[1])
if #ARGV > 1 then
  redis.call('HSET', owner, unpack(ARGV, 2))
end

local LONGEST_SHOWN = 100000 -- bytes of a job in the Web UI's list
local claims = CLAIMS .. ARGV[1]

local function show_work(key)
  redis.call('DEL', key)
  local held = redis.call('HGETALL', claims)
  for at = 1, #held, 2 do
    local queue, text = unframed(held[at + 1])
    if #text <= LONGEST_SHOWN then
      local begun = string.match(held[at], '^%d+'):sub(1, -7)
      redis.call('HSET', key, held[at], '{"queue":' .. cjson.encode(queue) .. ',"payload":'
        .. cjson.encode(text) .. ',"run_at":' .. begun .. '}')
    end
  end
  redis.call('EXPIRE', key, 60)
end

local identity = redis.call('HGET', owner, 'identity')
local key = PREFIX .. identity

local function show_process()
  local shown = redis.call('HMGET', owner, 'info', 'concurrency', 'quiet', 'rss', 'rtt_us')
  redis.call('SADD', PROCESSES, identity)
  redis.call('HSET', key, 'info', shown[1] or '', 'concurrency', shown[2] or '0',
    'busy', redis.call('HLEN', claims), 'beat', score(now()), 'quiet', shown[3] or 'false',
    'rss', shown[4] or '0', 'rtt_us', shown[5] or '0')
  redis.call('EXPIRE', key, 60)
  show_work(key .. ':work')
  show_work(key .. ':workers')
end

if redis.call('HGET', owner, 'is_shown') == 'yes' then
  show_process()
end
local wanted = {}
local signal = redis.call('RPOP', key .. '-signals')
while signal do
  wanted[#wanted + 1] = signal
  signal = redis.call('RPOP', key .. '-signals')
end
local tokens, cancelled = redis.call('HKEYS', claims), {}
if redis.call('EXISTS', CANCELLED) == 1 then
  for _, token in ipairs(tokens) do
    if redis.call('HEXISTS', CANCELLED, token) == 1 then
      cancelled[#cancelled + 1] = token
    end
  end
end
return { tokens, wanted, cancelled }
