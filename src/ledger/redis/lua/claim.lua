-- Hands out what waits, one entry for each taker: first each lane's share, then what is left over, lane after lane.
--
-- Key: `{shard}shard`. Request: time (false: the server's), holder, claimSeq, lanes with their shares in turn, takers,
-- most bytes, fields to set, fields to unset, the record's fields that name its entry, its due time, and whom to avoid.
-- A taker is what it is avoided by (or false), fields to set, fields to unset.
-- Reply: what became of the call, now, claimed, overdue: of each the taker's place, the lane's, entry, record, and the
-- record's fields and values in turn, before the claim.

-- Entries looked at in one call: those that are stale or overdue need no taker, and might be many.
local looksMax = 4096

local claim

local function beginClaim()
  claim = {
    lanes = plan[4], takers = plan[5], maxBytes = plan[6], sets = plan[7], unsets = plan[8],
    entryField = plan[9], dueField = plan[10], avoidField = plan[11],
    left = #plan[5], nextTaker = 1, isUsed = {},
    bytes = 0, looks = 0, isOver = false,
    claimed = {}, overdue = {}, owners = {}, held = {},
  }
end

-- The first taker that isn't to be avoided; where there is none, the first.
local function takerFor(avoided)
  local isUsed = claim.isUsed
  while isUsed[claim.nextTaker] do claim.nextTaker = claim.nextTaker + 1 end
  local taker = claim.nextTaker
  if avoided then
    for at = taker, #claim.takers do
      if not isUsed[at] and claim.takers[at][1] ~= avoided then
        taker = at
        break
      end
    end
  end
  isUsed[taker] = true
  claim.left = claim.left - 1
  return taker
end

local function give(record, taker)
  local key = recordKey(record)
  local _, sets, unsets = unpack(claim.takers[taker])
  local all, common = claim.sets, claim.common
  for at = 1, #sets do all[common + at] = sets[at] end
  if #claim.unsets > 0 then call('HDEL', key, unpack(claim.unsets)) end
  if common + #sets > 0 then call('HSET', key, unpack(all, 1, common + #sets)) end
  if #unsets > 0 then call('HDEL', key, unpack(unsets)) end
  if (#claim.unsets > 0 or #unsets > 0) and call('EXISTS', key) == 0 then call('HSET', key, '', '') end
end

-- What matters of a record: the entry it waits with, when it is due, whom to avoid, what it weighs.
local function look(fields)
  local entry, due, avoided
  local bytes = 0
  for at = 1, #fields, 2 do
    local name, value = fields[at], fields[at + 1]
    if name == claim.entryField then entry = value end
    if name == claim.dueField then due = numberOf(value) end
    if name == claim.avoidField then avoided = value end
    local tag = byte(value)
    bytes = bytes + ((tag == textTag or tag == bytesTag) and #value - 1 or 8)
  end
  return entry, due, avoided, bytes
end

-- What became of an entry that was just read: 'given', 'overdue', 'stale', or 'heavy' where there is no room for it.
local function handOut(laneAt, lane, entry, record)
  local fields = call('HGETALL', recordKey(record))
  local current, due, avoided, bytes = look(fields)
  if current ~= 's' .. entry then
    discard(lane, entry)
    return 'stale'
  end
  if #claim.claimed + #claim.overdue > 0 and claim.bytes + bytes > claim.maxBytes then return 'heavy' end
  claim.bytes = claim.bytes + bytes
  if bytes >= largeBytes then setAside(fields) end
  local owners, held = claim.owners, claim.held
  owners[#owners + 1] = entry
  owners[#owners + 1] = ownedBy(caller, lane) .. record
  held[#held + 1] = entry
  if due and now > due then
    claim.overdue[#claim.overdue + 1] = { -1, laneAt, entry, record, fields }
    return 'overdue'
  end
  local taker = takerFor(avoided)
  give(record, taker)
  claim.claimed[#claim.claimed + 1] = { taker - 1, laneAt, entry, record, fields }
  return 'given'
end

-- Entries from one place on were read and are nobody's: the lane stands before them again.
local function putBack(lane, entries, from)
  local ids = {}
  for at = from, #entries do ids[#ids + 1] = entries[at][1] end
  call('XACK', laneKey(lane), group, unpack(ids))
  call('XGROUP', 'SETID', laneKey(lane), group, tonumber(sub(ids[1], 1, 16)) - 1)
end

-- Says whether more may wait in the lane.
local function claimFrom(laneAt, lane, share)
  while share > 0 do
    local count = math.min(share, claim.left, looksMax - claim.looks, 1000)
    if count <= 0 then return true end
    hasFewer[lane] = true
    local read = call('XREADGROUP', 'GROUP', group, caller, 'COUNT', count, 'STREAMS', laneKey(lane), '>')
    local entries = read and read[1][2] or {}
    for at = 1, #entries do
      claim.looks = claim.looks + 1
      local became = handOut(laneAt, lane, sub(entries[at][1], 1, 16), entries[at][2][2])
      if became == 'given' then share = share - 1 end
      if became == 'heavy' then
        claim.isOver = true
        putBack(lane, entries, at)
        return true
      end
    end
    if #entries < count then return false end
  end
  return true
end

local function claimAll()
  local lanes = claim.lanes
  if #lanes == 0 then return end
  local names = {}
  for at = 1, #lanes, 2 do names[#names + 1] = lanes[at] end
  local waits = call('ZMSCORE', base .. 'ready', unpack(names))
  for round = 1, 2 do
    for at = 1, #names do
      if claim.isOver or claim.left == 0 then return end
      local share = round == 1 and lanes[2 * at] or claim.left
      if waits[at] then waits[at] = claimFrom(at - 1, names[at], share) end
    end
  end
end

local function claimEntries(keys, args)
  openShard(keys, args)
  caller = plan[2]
  loadShard()
  local known = call('HMGET', holderKey(caller), 'claimSeq', 'buried')
  if known[2] then return cmsgpack.pack({ buried }) end
  if plan[3] < tonumber(known[1] or 0) then return cmsgpack.pack({ oldSeq }) end
  beginRecords()
  beginLanes()
  beginClaim()
  claim.common = #claim.sets
  claimAll()
  callInParts('HSET', base .. 'owners', claim.owners, 2)
  callInParts('SADD', base .. 'held:' .. caller, claim.held)
  finishLanes()
  saveHolder(caller, 'claimSeq', plan[3])
  saveShard()
  return replyWith({ answered, now, claim.claimed, claim.overdue })
end

-- What is handed out drains, so it goes on while memory is short.
register('claim', claimEntries, 'allow-oom')
