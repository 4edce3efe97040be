-- Adds to numbers.
-- Needs: memory.
--
-- ARGV: one record after the other
--   i key field number     add a whole number to a field of a hash
--   f key field number     add any number
--   m key field number     keep the smaller one
--   x key field number     keep the greater one
--   b key place number     add to the counter at a place of a histogram, up to 65,535
--   e key seconds ''       from now on the key lives for so long

write_though_memory_is_full()

local function keep(is_better)
  return function(key, field, number)
    local kept = redis.call('HGET', key, field)
    if not kept or is_better(tonumber(number), tonumber(kept)) then
      redis.call('HSET', key, field, number)
    end
  end
end

local add = {
  i = function(key, field, number)
    redis.call('HINCRBY', key, field, number)
  end,
  f = function(key, field, number)
    redis.call('HINCRBYFLOAT', key, field, number)
  end,
  m = keep(function(one, other) return one < other end),
  x = keep(function(one, other) return one > other end),
  b = function(key, place, number)
    redis.call('BITFIELD', key, 'OVERFLOW', 'SAT', 'INCRBY', 'u16', '#' .. place, number)
  end,
  e = function(key, seconds)
    redis.call('EXPIRE', key, seconds)
  end,
}
for at = 1, #ARGV, 4 do
  add[ARGV[at]](ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
end
