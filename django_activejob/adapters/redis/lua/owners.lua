-- The processes that may hold claims.

local function take_from_sidekiq(process)
  local identity = redis.call('HGET', OWNER .. process, 'identity')
  if identity and identity ~= '' then
    redis.call('SREM', PROCESSES, identity)
    redis.call('UNLINK', PREFIX .. identity, PREFIX .. identity .. ':work',
      PREFIX .. identity .. ':workers', PREFIX .. identity .. '-signals')
  end
end

-- Whoever holds claims stays an owner: upkeep settles what it finds with one that is not alive.
local function forget_if_empty(process)
  if redis.call('HLEN', CLAIMS .. process) == 0 and not redis.call('ZSCORE', BEATS, process) then
    take_from_sidekiq(process)
    redis.call('UNLINK', OWNER .. process)
    redis.call('SREM', OWNERS, process)
  end
end
