-- Looks again at claims whose jobs need a permit, or whose locks end with their start.
-- Needs: memory, frames, time, queues, permits, locks.
--
-- ARGV: process id, then one record after the other
--   l token key to duration id    a permit; without room the job waits in line for one
--   u key id                      a lock that ends
-- Gives the tokens of the claims that were taken back.

local claims, at = CLAIMS .. ARGV[1], 2
local blocked = {}
write_though_memory_is_full()

local function take_permit(token, key, to, duration, id)
  local frame = redis.call('HGET', claims, token)
  if not frame then
    return
  end
  if redis.call('HEXISTS', CANCELLED, token) == 1 then
    -- Cancelled this very moment. As its process does not get it, it ends as a forgotten one.
    blocked[#blocked + 1] = token
    return
  end
  declare(key, to, duration)
  local free = room(key)
  if free > 0 or redis.call('ZSCORE', HOLDERS .. key, id) then
    hold(key, id)
    return
  end
  redis.call('HDEL', claims, token)
  block(key, id, unframed(frame))
  blocked[#blocked + 1] = token
end

while at <= #ARGV do
  if ARGV[at] == 'l' then
    take_permit(unpack(ARGV, at + 1, at + 5))
    at = at + 6
  else
    free_lock(ARGV[at + 1], ARGV[at + 2])
    at = at + 3
  end
end
return blocked
