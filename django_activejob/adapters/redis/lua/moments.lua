-- Moments of recurring tasks: whole microseconds since the epoch.

local function present()
  local time = redis.call('TIME')
  return string.format('%.0f', tonumber(time[1]) * 1e6 + tonumber(time[2]))
end

local function is_later(one, other)
  return not other or tonumber(one) > tonumber(other)
end
