-- The permits of limits. Holders are ids of jobs with the time until which they count: so a permit
-- of which nobody heard again, because Ruby took the job or a person deleted it, becomes free.

local function hold(key, id)
  local duration = tonumber(redis.call('HGET', SEMAPHORE .. key, 'duration') or '180')
  redis.call('ZADD', HOLDERS .. key, score(now() + duration), id)
end

local function room(key)
  redis.call('ZREMRANGEBYSCORE', HOLDERS .. key, '-inf', score(now()))
  local to = tonumber(redis.call('HGET', SEMAPHORE .. key, 'to') or '1')
  return to - redis.call('ZCARD', HOLDERS .. key)
end

local function declare(key, to, duration)
  redis.call('HSET', SEMAPHORE .. key, 'to', to, 'duration', duration)
  redis.call('SADD', LIMITS, key)
end

local function block(key, id, queue, text)
  redis.call('LPUSH', BLOCKED .. key, framed(id, framed(queue, text)))
end

local function admit(key)
  local admitted, free = 0, room(key)
  while free > 0 do
    local frame = redis.call('RPOP', BLOCKED .. key)
    if not frame then
      break
    end
    local id, rest = unframed(frame)
    hold(key, id)
    push(unframed(rest))
    admitted, free = admitted + 1, free - 1
  end
  return admitted
end

local function give_back(key, id)
  redis.call('ZREM', HOLDERS .. key, id)
  admit(key)
end
