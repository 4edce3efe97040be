-- Moves jobs into their queues, each as another string. Of several that move one, one does.
-- Needs: time, queues.
--
-- ARGV: one record after the other
--   s old queue new    from the schedule
--   t old queue new    from the set of retries
--   x old              from the schedule among the dead, as it is
--   y old              from the set of retries among the dead, as it is
-- Gives how many were moved.

local sets = { s = SCHEDULE, t = RETRY, x = SCHEDULE, y = RETRY }
local moved, at = 0, 1
while at <= #ARGV do
  local kind, old = ARGV[at], ARGV[at + 1]
  local is_ours = redis.call('ZREM', sets[kind], old) == 1
  moved = moved + (is_ours and 1 or 0)
  if kind == 's' or kind == 't' then
    if is_ours then
      push(ARGV[at + 2], ARGV[at + 3])
    end
    at = at + 4
  else
    if is_ours then
      redis.call('ZADD', DEAD, score(now()), old)
    end
    at = at + 2
  end
end
return moved
