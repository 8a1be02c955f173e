-- Lanes: a stream with one consumer group each. What the group has pending is locked; its consumer is the holder.
--
-- `owners` (entry → holder, lane, record) and a set `held` of each holder's entries say the same as the group's pending
-- list, and are written in the same call: asking the group for one entry costs 2 µs, and all entries of a call are read
-- from a hash at once. Redis keeps a set of numbers in little room, and what is longer than 64 bytes in a table; a small
-- hash would be searched from end to end. `ready` has the lanes in which somebody waits. An empty lane is removed.

local group = 'holders'

-- entry → holder and lane of those that are pending; before that, as they are stored.
local ownerOf, laneOf, stored
-- lane → entries to acknowledge and delete; holder → entries to let go; entries that nobody owns any more.
local ended, released, disowned
-- lane → how many entries it has, where that was asked; whether its stream is there.
local sizes, isOpen
-- lane → whether more wait, or maybe fewer.
local hasMore, hasFewer

local function beginLanes()
  ownerOf, laneOf, stored = {}, {}, {}
  ended, released, disowned = {}, {}, {}
  sizes, isOpen = {}, {}
  hasMore, hasFewer = {}, {}
end

local function laneKey(lane)
  return base .. 'l:' .. lane
end

-- Reads whose the entries in the plan are, from one place to another.
local function loadOwners(from, to)
  for first = from, to, argumentsMax do
    local last = math.min(first + argumentsMax - 1, to)
    local found = call('HMGET', base .. 'owners', unpack(plan, first, last))
    for at = first, last do stored[plan[at]] = found[at - first + 1] end
  end
end

-- What `owners` says of an entry begins with this; the record follows.
local function ownedBy(holder, lane)
  return #holder .. ':' .. #lane .. ':' .. holder .. lane
end

-- Holder, lane, record.
local function parted(owned)
  local first = find(owned, ':', 1, true)
  local second = find(owned, ':', first + 1, true)
  local holderEnd = second + tonumber(sub(owned, 1, first - 1))
  local laneEnd = holderEnd + tonumber(sub(owned, first + 1, second - 1))
  return sub(owned, second + 1, holderEnd), sub(owned, holderEnd + 1, laneEnd), sub(owned, laneEnd + 1)
end

local function isHeldBy(lane, entry, holder)
  if ownerOf[entry] then return ownerOf[entry] == holder and laneOf[entry] == lane end
  local found, wanted = stored[entry], ownedBy(holder, lane)
  if not found or sub(found, 1, #wanted) ~= wanted then return false end
  ownerOf[entry], laneOf[entry] = holder, lane
  return true
end

local function isPending(lane, entry)
  if not ownerOf[entry] then
    if not stored[entry] then return false end
    ownerOf[entry], laneOf[entry] = parted(stored[entry])
  end
  return laneOf[entry] == lane
end

local function laneSize(lane)
  if not sizes[lane] then
    sizes[lane] = call('XLEN', laneKey(lane)) - (ended[lane] and #ended[lane] or 0)
  end
  return sizes[lane]
end

local function resize(lane, by)
  if sizes[lane] then sizes[lane] = sizes[lane] + by end
end

local function enqueue(lane, record)
  local key = laneKey(lane)
  if not isOpen[lane] then
    if call('EXISTS', key) == 0 then call('XGROUP', 'CREATE', key, group, '0', 'MKSTREAM') end
    isOpen[lane] = true
  end
  local entry = newId()
  call('XADD', key, entry, '', record)
  resize(lane, 1)
  hasMore[lane] = true
  return entry
end

local function noteIn(lists, name, entry)
  local list = lists[name]
  if list then list[#list + 1] = entry else lists[name] = { entry } end
end

-- An entry of a lane is to go; it was read, or never will be.
local function discard(lane, entry)
  noteIn(ended, lane, entry)
  resize(lane, -1)
end

local function settle(lane, entry)
  discard(lane, entry)
  noteIn(released, ownerOf[entry], entry)
  disowned[#disowned + 1] = entry
  ownerOf[entry], laneOf[entry], stored[entry] = nil, nil, nil
end

local function withdraw(lane, entry)
  if isPending(lane, entry) then return settle(lane, entry) end
  if call('XDEL', laneKey(lane), entry) == 1 then
    resize(lane, -1)
    hasFewer[lane] = true
  end
end

local function adopt(lane, entry)
  local before = ownerOf[entry]
  if before == caller then return end
  local _, _, record = parted(call('HGET', base .. 'owners', entry))
  call('HSET', base .. 'owners', entry, ownedBy(caller, lane) .. record)
  call('SMOVE', base .. 'held:' .. before, base .. 'held:' .. caller, entry)
  call('XCLAIM', laneKey(lane), group, caller, 0, entry, 'JUSTID')
  ownerOf[entry], laneOf[entry] = caller, lane
end

local function waitingIn(lane)
  local key = laneKey(lane)
  return call('XLEN', key) - call('XPENDING', key, group)[1]
end

-- Removes the lane if nothing is left in it; says whether it did.
local function removeIfEmpty(lane)
  local key = laneKey(lane)
  if call('XLEN', key) > 0 then return false end
  call('DEL', key)
  call('ZREM', base .. 'ready', lane)
  isOpen[lane] = nil
  return true
end

local function writeEnded()
  for lane, entries in pairs(ended) do
    local key = laneKey(lane)
    for from = 1, #entries, argumentsMax do
      local to = math.min(from + argumentsMax - 1, #entries)
      call('XACK', key, group, unpack(entries, from, to))
      call('XDEL', key, unpack(entries, from, to))
    end
    hasMore[lane] = not removeIfEmpty(lane) and hasMore[lane] or nil
  end
  for holder, entries in pairs(released) do callInParts('SREM', base .. 'held:' .. holder, entries) end
  callInParts('HDEL', base .. 'owners', disowned)
  ended, released, disowned = {}, {}, {}
end

local function finishLanes()
  writeEnded()
  local ready = {}
  for lane in pairs(hasFewer) do
    hasMore[lane] = nil
    if call('EXISTS', laneKey(lane)) == 1 and not removeIfEmpty(lane) then
      if waitingIn(lane) > 0 then hasMore[lane] = true else call('ZREM', base .. 'ready', lane) end
    end
  end
  for lane in pairs(hasMore) do
    ready[#ready + 1] = '0'
    ready[#ready + 1] = lane
  end
  callInParts('ZADD', base .. 'ready', ready, 2)
end
