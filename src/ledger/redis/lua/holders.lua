-- Holders: who may commit. A hash for each (seq, claimSeq, buried, answers), and a set of their names.

local function holderKey(holder)
  return base .. 'h:' .. holder
end

local function saveHolder(holder, ...)
  if call('HSET', holderKey(holder), ...) > 0 then call('SADD', base .. 'holders', holder) end
end

local function retireHolder(holder)
  call('DEL', holderKey(holder))
  call('SREM', base .. 'holders', holder)
  -- Groups of lanes that are never empty would remember it for ever.
  for _, lane in ipairs(call('ZRANGE', base .. 'ready', 0, -1)) do
    call('XGROUP', 'DELCONSUMER', base .. 'l:' .. lane, group, holder)
  end
end

local function pendingCount(holder)
  return call('SCARD', base .. 'held:' .. holder)
end
