-- Reads: nothing is written, and each answers with what stands there when it is called.

-- Key: `{shard}shard`. Request: time (false: the server's). Reply: now.
register('now', function(keys, args)
  openShard(keys, args)
  return cmsgpack.pack({ timeFrom(plan[1], call('HGET', base .. 'shard', 'now')) })
end, 'no-writes')

-- Request: names of records. Reply: of each its fields and values in turn; false: it isn't there.
register('read', function(keys, args)
  openShard(keys, args)
  local records = {}
  for at, record in ipairs(plan) do
    local fields = call('HGETALL', base .. 'r:' .. record)
    setAside(fields)
    records[at] = #fields > 0 and fields
  end
  return replyWith(records)
end, 'no-writes')

-- Request: holder. Reply: entry, lane, record, and so on.
register('held', function(keys, args)
  openShard(keys, args)
  local held = call('SMEMBERS', base .. 'held:' .. plan[1])
  local entries = {}
  for first = 1, #held, argumentsMax do
    local last = math.min(first + argumentsMax - 1, #held)
    local owned = call('HMGET', base .. 'owners', unpack(held, first, last))
    for at = first, last do
      local _, lane, record = parted(owned[at - first + 1])
      entries[#entries + 1] = held[at]
      entries[#entries + 1] = lane
      entries[#entries + 1] = record
    end
  end
  return cmsgpack.pack(entries)
end, 'no-writes')

-- Request: nothing. Reply: holder, whether it is buried, how many entries it has, its seq, and so on.
register('holders', function(keys, args)
  openShard(keys, args)
  local states = {}
  for _, holder in ipairs(call('SMEMBERS', base .. 'holders')) do
    local known = call('HMGET', holderKey(holder), 'buried', 'seq')
    states[#states + 1] = holder
    states[#states + 1] = known[1] ~= false
    states[#states + 1] = pendingCount(holder)
    states[#states + 1] = tonumber(known[2] or 0)
  end
  return cmsgpack.pack(states)
end, 'no-writes')

-- How many of a set come before this score and member, and whether that is there itself.
local function placeOf(key, score, member)
  local rank = call('ZRANK', key, member)
  if rank and tonumber(call('ZSCORE', key, member)) == tonumber(score) then return rank, true end
  local low = call('ZCOUNT', key, '-inf', '(' .. score)
  local high = call('ZCOUNT', key, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if comesBefore(call('ZRANGE', key, middle, middle)[1], member) then low = middle + 1 else high = middle end
  end
  return low, false
end

-- Request: set, limit, whether descending, highest score, and score and member of a cursor or false.
-- Reply: whether there is more; member, score, and so on. A cursor is a place, not a count, so it holds while the set
-- changes.
register('range', function(keys, args)
  openShard(keys, args)
  local key = base .. 'z:' .. plan[1]
  local limit, isDescending, upTo, score, member = plan[2], plan[3], plan[4], plan[5], plan[6]
  local first, last = 0, call('ZCOUNT', key, '-inf', upTo)
  if score then
    local place, isThere = placeOf(key, score, member)
    if isDescending then last = math.min(last, place) else first = place + (isThere and 1 or 0) end
  end
  local hasMore = last - first > limit
  if hasMore and isDescending then first = last - limit end
  if hasMore and not isDescending then last = first + limit end
  local found = last > first and call('ZRANGE', key, first, last - 1, 'WITHSCORES') or {}
  return cmsgpack.pack({ hasMore, found })
end, 'no-writes')

-- Request: log, id after which to read, limit. Reply: size; id, entry, and so on.
register('log', function(keys, args)
  openShard(keys, args)
  local key = base .. 'g:' .. plan[1]
  local entries = {}
  if plan[3] > 0 then
    for _, one in ipairs(call('XRANGE', key, '(' .. plan[2], '+', 'COUNT', plan[3])) do
      entries[#entries + 1] = sub(one[1], 1, 16)
      entries[#entries + 1] = one[2][2]
    end
  end
  setAside(entries)
  return replyWith({ call('XLEN', key), entries })
end, 'no-writes')

-- Request: what names of lanes begin with. Reply: lane, how many wait, and so on, in the order of their bytes.
register('ready', function(keys, args)
  openShard(keys, args)
  local from, to = '-', '+'
  -- No name has a byte of 255.
  if plan[1] ~= '' then from, to = '[' .. plan[1], '(' .. plan[1] .. '\255' end
  local lanes = {}
  for _, lane in ipairs(call('ZRANGEBYLEX', base .. 'ready', from, to)) do
    lanes[#lanes + 1] = lane
    lanes[#lanes + 1] = waitingIn(lane)
  end
  return cmsgpack.pack(lanes)
end, 'no-writes')
