-- When its memory is full, Redis refuses a script at the first write that may need some, and lets
-- all others through. Whoever works jobs off, or says that he lives, makes room or does no harm:
-- such scripts begin with a write that needs none.

local function write_though_memory_is_full()
  redis.call('SREM', OWNERS, '')
end
