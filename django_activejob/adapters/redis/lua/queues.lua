-- Putting strings into queues. Only a queue that was empty can have workers that wait for it:
-- whoever found it filled has come back, or is on its way.

local function ring(queue, size)
  if size == 1 then
    redis.call('PUBLISH', WAKE, queue)
  end
end

local function push(queue, text)
  redis.call('SADD', QUEUES, queue)
  ring(queue, redis.call('LPUSH', QUEUE .. queue, text))
end

local function put_first(queue, text)
  redis.call('SADD', QUEUES, queue)
  ring(queue, redis.call('RPUSH', QUEUE .. queue, text))
end
