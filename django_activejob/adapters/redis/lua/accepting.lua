-- Accepts jobs: into their queues, into the schedule, or in line for a permit.
-- Needs: frames, time, queues, permits, locks.
--
-- ``accept_all(first)`` reads ARGV from there on: one record after the other
--   q queue text                                   ready
--   s score text                                   scheduled
--   l queue text id key to duration on_conflict    under a limit; "discard" refuses without room
--   u key id milliseconds                          before one of those: it wants this lock
-- and gives {index of the job from 0, reason, number} for each that was refused; it left nothing.

local refused = {}
local index = 0
local lock = nil

local function is_refused(key, on_conflict)
  if on_conflict ~= 'discard' then
    return false
  end
  local free = room(key)
  local waiting = redis.call('LLEN', BLOCKED .. key)
  if free > waiting then
    return false
  end
  local holding = redis.call('ZCARD', HOLDERS .. key)
  refused[#refused + 1] = { index, 'limit', holding + waiting }
  return true
end

local function is_locked_out()
  if lock and not take_lock(lock.key, lock.id, lock.milliseconds) then
    refused[#refused + 1] = { index, 'unique', 0 }
    return true
  end
  return false
end

local accept = {
  q = function(queue, text)
    if not is_locked_out() then
      push(queue, text)
    end
  end,
  s = function(due, text)
    if not is_locked_out() then
      redis.call('ZADD', SCHEDULE, due, text)
    end
  end,
  l = function(queue, text, id, key, to, duration, on_conflict)
    declare(key, to, duration)
    if is_refused(key, on_conflict) or is_locked_out() then
      return
    end
    block(key, id, queue, text)
    admit(key)
  end,
}
local sizes = { q = 2, s = 2, l = 7 }

local function accept_all(first)
  local at = first
  while at <= #ARGV do
    local kind = ARGV[at]
    if kind == 'u' then
      lock = { key = ARGV[at + 1], id = ARGV[at + 2], milliseconds = ARGV[at + 3] }
      at = at + 4
    else
      accept[kind](unpack(ARGV, at + 1, at + sizes[kind]))
      at = at + 1 + sizes[kind]
      index, lock = index + 1, nil
    end
  end
  return refused
end
