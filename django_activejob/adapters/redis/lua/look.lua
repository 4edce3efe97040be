-- Shows entries of a list or a sorted set that contain some text, without sending the others.
--
-- ARGV: how it is read, key, first place, how many places to look at, how many entries to show,
--       how many texts have to occur, these texts, then texts of which one has to, maybe none
--   l   a list, from the end from which it is worked off
--   z   a sorted set, from the lowest score      y   from the highest
-- Gives {places looked at, place, score, entry, place, score, entry, …}; lists have score 0.

local how, key = ARGV[1], ARGV[2]
local first, number, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local function read()
  local entries = {}
  if how == 'l' then
    local found = redis.call('LRANGE', key, -(first + number), -(first + 1))
    for place = #found, 1, -1 do
      entries[#entries + 1] = { found[place], '0' }
    end
    return entries
  end
  local command = how == 'z' and 'ZRANGE' or 'ZREVRANGE'
  local found = redis.call(command, key, first, first + number - 1, 'WITHSCORES')
  for place = 1, #found, 2 do
    entries[#entries + 1] = { found[place], found[place + 1] }
  end
  return entries
end

local alternatives = 7 + tonumber(ARGV[6])

local function has(text, place)
  return string.find(text, ARGV[place], 1, true) ~= nil
end

local function fits(text)
  for place = 7, alternatives - 1 do
    if not has(text, place) then
      return false
    end
  end
  for place = alternatives, #ARGV do
    if has(text, place) then
      return true
    end
  end
  return #ARGV < alternatives
end

local shown, looked = {}, 0
for place, entry in ipairs(read()) do
  looked = place
  if fits(entry[1]) then
    shown[#shown + 1] = first + place - 1
    shown[#shown + 1] = entry[2]
    shown[#shown + 1] = entry[1]
    if #shown >= 3 * most then
      break
    end
  end
end
return { looked, unpack(shown) }
