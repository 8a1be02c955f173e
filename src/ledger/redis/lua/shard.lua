-- The shard that a call works on, and what all files share. Functions run one at a time, so it stands in locals that
-- each call sets anew.
--
-- What can be written together is gathered (counters, members of sets, entries that ended) and written at the end of
-- the call; whoever reads looks at what was gathered first. Records are written at once.

-- Set by each call, as there are none yet while the library is loaded.
local call, unpack, byte, sub, find, format

-- What stands before each key of the shard.
local base
-- The request: see the writers of requests.
local plan
local caller
-- Values that go beside the reply.
local large
local now, epoch

-- Ids are numbers of 16 digits, so they sort as strings, and a double holds them exactly.
local firstId = 1e15
local lastId

local function newId()
  lastId = lastId + 1
  return format('%d', lastId)
end

-- Lua can pass some thousand arguments at a time.
local argumentsMax = 4000

-- A command with a list of any length, or a part of one, of which `stride` belong together.
local function callInParts(command, key, list, stride, from, to)
  local last = to or #list
  local most = argumentsMax - argumentsMax % (stride or 1)
  for first = from or 1, last, most do
    call(command, key, unpack(list, first, math.min(first + most - 1, last)))
  end
end

-- The server's time, ms since the epoch, or the one that came along; never less than it was.
local function timeFrom(given, kept)
  local time = given
  if not time then
    local clock = call('TIME')
    time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  end
  return math.max(time, tonumber(kept or 0))
end

local function openShard(keys, args)
  call, unpack = redis.call, _G.unpack
  byte, sub, find, format = string.byte, string.sub, string.find, string.format
  -- The key that is named is the shard's own hash: `…:shard`.
  base = sub(keys[1], 1, -6)
  plan = cmsgpack.unpack(args[1])
  large = {}
  -- Large values come beside the plan, which says where they belong.
  if args[2] then
    for nth, place in ipairs(cmsgpack.unpack(args[2])) do plan[place] = args[nth + 2] end
  end
end

-- Lua looks at each byte of a string that is made, so large values go beside the reply, which has their numbers.
local largeBytes = 1024

-- The values of a list of names and values in turn.
local function setAside(list)
  for at = 2, #list, 2 do
    if #list[at] >= largeBytes then
      large[#large + 1] = list[at]
      list[at] = #large
    end
  end
end

local function replyWith(values)
  local reply = cmsgpack.pack(values)
  if #large == 0 then return reply end
  table.insert(large, 1, reply)
  return large
end

-- Reads what the shard keeps of itself. While a cluster moves the slot, keys that aren't here may be elsewhere: a server
-- says so of one that never is, and the call fails before it has written anything.
local function loadShard()
  call('EXISTS', base .. 'never')
  local kept = call('HMGET', base .. 'shard', 'now', 'id', 'epoch')
  now = timeFrom(plan[1], kept[1])
  lastId = tonumber(kept[2] or firstId)
  epoch = tonumber(kept[3] or 0)
end

local function saveShard()
  call('HSET', base .. 'shard', 'now', now, 'id', lastId, 'epoch', epoch)
end

-- By bytes: Lua's own order of strings is that of the server's locale.
local function comesBefore(left, right)
  for at = 1, math.min(#left, #right) do
    local mine, other = byte(left, at), byte(right, at)
    if mine ~= other then return mine < other end
  end
  return #left < #right
end
