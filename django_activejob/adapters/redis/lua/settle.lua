-- Writes the ends of claims. A claim that the process does not hold any more is left untouched.
-- Needs: frames, time, queues, permits, locks.
--
-- ARGV: process id, today (UTC), the most dead jobs, seconds for which they are kept,
--       then one record after the other
--   f token               it is done with
--   r token               back to the head of its queue as it was
--   q token queue text    another string into a queue
--   s token score text    another string into the schedule
--   t token score text    another string into the set of retries
--   d token text          another string among the dead
--   b token               as it is among the dead
-- what would let a job run again (r, q, s, t) is not done when it is cancelled: it stays as it is
-- before each of them may stand
--   e                     the execution counts as failed
--   p key id successor    its permit goes to the successor, or back if that is empty
--   u key id              its lock ends
-- Gives {tokens that were lost, {token, frame, token, frame, … of those that are cancelled}}.

local claims, today = CLAIMS .. ARGV[1], ARGV[2]
local most, seconds = tonumber(ARGV[3]), tonumber(ARGV[4])
local lost, cancelled, extras = {}, {}, {}
local is_any_cancelled = redis.call('EXISTS', CANCELLED) == 1
local processed, failed, died = 0, 0, false

local function die(text)
  redis.call('ZADD', DEAD, score(now()), text)
  died = true
end

local ends = {
  f = function() end,
  r = function(frame)
    put_first(unframed(frame))
  end,
  q = function(_, queue, text)
    push(queue, text)
  end,
  s = function(_, due, text)
    redis.call('ZADD', SCHEDULE, due, text)
  end,
  t = function(_, due, text)
    redis.call('ZADD', RETRY, due, text)
  end,
  d = function(_, text)
    die(text)
  end,
  b = function(frame)
    local _, text = unframed(frame)
    die(text)
  end,
}
local apply = {
  e = function()
    failed = failed + 1
  end,
  p = function(key, id, successor)
    if successor == '' then
      give_back(key, id)
      return
    end
    redis.call('ZREM', HOLDERS .. key, id)
    hold(key, successor)
  end,
  u = free_lock,
}
local sizes = { f = 1, r = 1, q = 3, s = 3, t = 3, d = 2, b = 1, e = 0, p = 3, u = 2 }

-- Only these look at what is held; all others need not have it copied.
local looks = { r = true, b = true }
local runs_again = { r = true, q = true, s = true, t = true }

local function is_kept_from(kind, token)
  if not (is_any_cancelled and runs_again[kind]) then
    return false
  end
  return redis.call('HEXISTS', CANCELLED, token) == 1 and redis.call('HGET', claims, token)
end

local function write(kind, token, ...)
  local kept = is_kept_from(kind, token)
  if kept then
    cancelled[#cancelled + 1] = token
    cancelled[#cancelled + 1] = kept
    return
  end
  local frame = looks[kind] and redis.call('HGET', claims, token)
  if redis.call('HDEL', claims, token) == 0 then
    lost[#lost + 1] = token
    return
  end
  if is_any_cancelled then
    redis.call('HDEL', CANCELLED, token)
  end
  ends[kind](frame, ...)
  for _, extra in ipairs(extras) do
    apply[extra[1]](unpack(extra, 2))
  end
  if kind ~= 'r' then
    processed = processed + 1
  end
end

local function count(key, number)
  if number > 0 then
    redis.call('INCRBY', key, number)
    redis.call('INCRBY', key .. ':' .. today, number)
    redis.call('EXPIRE', key .. ':' .. today, 157680000)
  end
end

local at = 5
while at <= #ARGV do
  local kind = ARGV[at]
  local size = sizes[kind]
  if apply[kind] then
    extras[#extras + 1] = { unpack(ARGV, at, at + size) }
  else
    write(kind, unpack(ARGV, at + 1, at + size))
    extras = {}
  end
  at = at + 1 + size
end
if died then
  redis.call('ZREMRANGEBYSCORE', DEAD, '-inf', score(now() - seconds))
  redis.call('ZREMRANGEBYRANK', DEAD, 0, -1 - most)
end
count(PROCESSED, processed)
count(FAILED, failed)
return { lost, cancelled }
