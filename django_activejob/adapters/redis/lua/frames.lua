-- A frame is a string with a label: "<bytes of the label>:<label><string>".
-- What a process holds is framed with its queue, what is blocked with its queue and then its id.

local function framed(label, text)
  return #label .. ':' .. label .. text
end

local function unframed(frame)
  local colon = string.find(frame, ':', 1, true)
  local from = colon + 1
  local to = colon + tonumber(string.sub(frame, 1, colon - 1))
  return string.sub(frame, from, to), string.sub(frame, to + 1)
end
