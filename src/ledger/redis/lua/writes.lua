-- What a transaction writes, once nothing can go wrong any more. Each says where the next one begins.

-- What is to be told after the call, once each.
local hints, isTold
local isRetired

local function beginWrites()
  hints, isTold = {}, {}
  isRetired = false
end

local writes = {}

-- record, count, fields and values in turn.
writes[op.set] = function(at)
  local count = plan[at + 2]
  local key = recordKey(plan[at + 1])
  if count == 0 and call('EXISTS', key) == 0 then call('HSET', key, '', '') end
  callInParts('HSET', key, plan, 2, at + 3, at + 2 + count)
  return at + 3 + count
end

-- record, count, fields. A `set` of the record came before, so that it is there.
writes[op.unset] = function(at)
  local count = plan[at + 2]
  local key = recordKey(plan[at + 1])
  callInParts('HDEL', key, plan, 1, at + 3, at + 2 + count)
  if call('EXISTS', key) == 0 then call('HSET', key, '', '') end
  return at + 3 + count
end

-- The how manieth sum.
writes[op.keep] = function(at)
  local sum = plan[at + 1] * 3
  keepNumber(sums[sum + 1], sums[sum + 2], sums[sum + 3])
  return at + 2
end

writes[op.drop] = function(at)
  local record = plan[at + 1]
  counters[record] = nil
  call('DEL', base .. 'r:' .. record)
  return at + 2
end

-- lane, record, field. The id's place in the record's `set`, which follows; 0: it stands alone.
writes[op.enqueue] = function(at)
  local record, place = plan[at + 2], plan[at + 4]
  local value = 's' .. enqueue(plan[at + 1], record)
  if place > 0 then plan[at + place] = value else call('HSET', recordKey(record), plan[at + 3], value) end
  return at + 5
end

writes[op.append] = function(at)
  call('XADD', base .. 'g:' .. plan[at + 1], newId(), '', plan[at + 2])
  return at + 3
end

-- log, the first id that stays.
writes[op.trim] = function(at)
  local key = base .. 'g:' .. plan[at + 1]
  if call('XTRIM', key, 'MINID', plan[at + 2]) > 0 and call('XLEN', key) == 0 then call('DEL', key) end
  return at + 3
end

writes[op.settle] = function(at)
  settle(plan[at + 1], plan[at + 2])
  return at + 3
end

writes[op.withdraw] = function(at)
  withdraw(plan[at + 1], plan[at + 2])
  return at + 3
end

writes[op.adopt] = function(at)
  adopt(plan[at + 1], plan[at + 2])
  return at + 3
end

-- set, member, score.
writes[op.index] = function(at)
  noteMember(plan[at + 1], plan[at + 2], plan[at + 3])
  return at + 4
end

writes[op.unindex] = function(at)
  noteMember(plan[at + 1], plan[at + 2], false)
  return at + 3
end

writes[op.raise] = function(at)
  epoch = plan[at + 1]
  return at + 2
end

writes[op.bury] = function(at)
  saveHolder(plan[at + 1], 'buried', '1')
  return at + 2
end

writes[op.retire] = function(at)
  local holder = plan[at + 1]
  retireHolder(holder)
  isRetired = isRetired or holder == caller
  return at + 2
end

writes[op.hint] = function(at)
  local hint = plan[at + 1]
  if not isTold[hint] then
    isTold[hint] = true
    hints[#hints + 1] = hint
  end
  return at + 2
end
