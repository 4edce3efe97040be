-- The locks of unique jobs: the id of the job that holds one, as long as the lock lives.

local function take_lock(key, id, milliseconds)
  return redis.call('SET', UNIQUE .. key, id, 'NX', 'PX', milliseconds)
end

local function free_lock(key, id)
  if redis.call('GET', UNIQUE .. key) == id then
    redis.call('DEL', UNIQUE .. key)
  end
end
