-- Takes entries away from where they are, by their exact strings, and puts them elsewhere.
-- Needs: frames, time, queues, permits, locks.
--
-- ARGV: one record after the other
--   p key id successor                    before a change: its permit is given back
--   u key id                              before a change: its lock ends
--   n where key entry                     it is dropped
--   d where key entry text                among the dead
--   q where key entry queue text          into a queue
--   l where key entry queue text id key   into a queue, once there is a permit
--   h where key entry queue text id key   into a queue, whether or not there is a permit
--   where: l for a list, z for a sorted set
-- Gives how many were there, and were changed.

local done, extras = 0, {}

local function take(where, key, entry)
  if where == 'l' then
    return redis.call('LREM', key, -1, entry) > 0
  end
  return redis.call('ZREM', key, entry) > 0
end

local put = {
  n = function() end,
  d = function(text)
    redis.call('ZADD', DEAD, score(now()), text)
  end,
  q = push,
  l = function(queue, text, id, limit)
    redis.call('SADD', LIMITS, limit)
    block(limit, id, queue, text)
    admit(limit)
  end,
  h = function(queue, text, id, limit)
    hold(limit, id)
    push(queue, text)
  end,
}
local extra = { p = give_back, u = free_lock }
local sizes = { p = 3, u = 2, n = 3, d = 4, q = 5, l = 7, h = 7 }

local function change(kind, where, key, entry, ...)
  if not take(where, key, entry) then
    return
  end
  done = done + 1
  for _, each in ipairs(extras) do
    extra[each[1]](each[2], each[3])
  end
  put[kind](...)
end

local at = 1
while at <= #ARGV do
  local kind = ARGV[at]
  local size = sizes[kind]
  if extra[kind] then
    extras[#extras + 1] = { unpack(ARGV, at, at + size) }
  else
    change(kind, unpack(ARGV, at + 1, at + size))
    extras = {}
  end
  at = at + 1 + size
end
return done
