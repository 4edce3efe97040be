-- The clock of the server, the only one that is compared between hosts.

local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1e6
end

local function score(seconds)
  return string.format('%.6f', seconds)
end
