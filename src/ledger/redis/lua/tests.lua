-- What is looked at before a transaction's first write: its guards, and then whether its writes can be carried out.
--
-- Each has its place in the plan and says where the next one begins, or nothing and the answer: what a refusing guard
-- says, or why the transaction is invalid.

-- Sums that the transaction's additions come to, three places each: record, field, number.
local sums, sumsEnd
-- entry → its holder after the transaction's writes so far; false: it ends.
local moved
local raised

local function beginTests()
  sumsEnd = 0
  moved = nil
  raised = epoch
end

local tests = {}

tests[op.absent] = function(at)
  local record = plan[at + 1]
  if recordExists(record) then return nil, { op.absent, record } end
  return at + 2
end

-- What a field must be: a value as it is stored; false: not there; a number: below that, or not there.
local function fits(found, wanted)
  if wanted == false then return not found end
  if type(wanted) == 'number' then
    if not found then return true end
    local number = numberOf(found)
    return number ~= nil and number < wanted
  end
  if found == wanted then return true end
  -- The same number may be written in two ways.
  if not found or byte(found) ~= numberTag or byte(wanted) ~= numberTag then return false end
  return numberOf(found) == numberOf(wanted)
end

-- record, count, fields, what they must be: guards of one record that stand together.
tests[op.fields] = function(at)
  local record, count = plan[at + 1], plan[at + 2]
  local names = at + 2
  local wanted = names + count
  if count == 1 then
    if fits(call('HGET', recordKey(record), plan[names + 1]), plan[wanted + 1]) then return wanted + 2 end
    return nil, { op.fields, record, plan[names + 1], plan[wanted + 1] }
  end
  local found = call('HMGET', recordKey(record), unpack(plan, names + 1, wanted))
  for nth = 1, count do
    if not fits(found[nth], plan[wanted + nth]) then
      return nil, { op.fields, record, plan[names + nth], plan[wanted + nth] }
    end
  end
  return wanted + count + 1
end

tests[op.holds] = function(at)
  local lane, entry, holder = plan[at + 1], plan[at + 2], plan[at + 3]
  if isHeldBy(lane, entry, holder or caller) then return at + 4 end
  return nil, { op.holds, lane, entry, holder }
end

tests[op.pending] = function(at)
  local lane, entry = plan[at + 1], plan[at + 2]
  if isPending(lane, entry) then return at + 3 end
  return nil, { op.pending, lane, entry }
end

tests[op.epoch] = function(at)
  if plan[at + 1] == epoch then return at + 2 end
  return nil, { op.epoch, plan[at + 1] }
end

tests[op.atMost] = function(at)
  local lane, most = plan[at + 1], plan[at + 2]
  if laneSize(lane) <= most then return at + 3 end
  return nil, { op.atMost, lane, most }
end

-- Known to be invalid before it was sent.
tests[op.invalid] = function(at)
  return nil, plan[at + 1]
end

tests[op.exists] = function(at)
  local record = plan[at + 1]
  if recordExists(record) then return at + 2 end
  return nil, 'enqueue: there is no record ' .. record
end

local function noteSum(record, field, number)
  sums[sumsEnd + 1], sums[sumsEnd + 2], sums[sumsEnd + 3] = record, field, number
  sumsEnd = sumsEnd + 3
end

local function sumSoFar(record, field)
  for at = sumsEnd - 2, 1, -3 do
    if sums[at] == record and sums[at + 1] == field then return sums[at + 2] end
  end
  return numberIn(record, field)
end

-- record, field, number: what the field is by writes of this transaction that come before an addition.
tests[op.known] = function(at)
  noteSum(plan[at + 1], plan[at + 2], plan[at + 3])
  return at + 4
end

tests[op.sum] = function(at)
  local record, field = plan[at + 1], plan[at + 2]
  local before = sumSoFar(record, field)
  if not before then return nil, 'add to ' .. field .. ', which is no number' end
  local sum = before + plan[at + 3]
  -- So it is for numbers that are finite, and for no others.
  if sum - sum ~= 0 then return nil, 'add to ' .. field .. ': the sum is no number' end
  noteSum(record, field, sum)
  return at + 4
end

local function move(at, holder, what)
  local lane, entry = plan[at + 1], plan[at + 2]
  moved = moved or {}
  if not isPending(lane, entry) or moved[entry] == false then
    return nil, what .. ': ' .. entry .. " isn't pending in " .. lane
  end
  moved[entry] = holder
  return at + 3
end

tests[op.settles] = function(at)
  return move(at, false, 'settle')
end

tests[op.adopts] = function(at)
  return move(at, caller, 'adopt')
end

tests[op.withdraws] = function(at)
  local entry = plan[at + 2]
  if isPending(plan[at + 1], entry) then
    moved = moved or {}
    moved[entry] = false
  end
  return at + 3
end

tests[op.raises] = function(at)
  if plan[at + 1] <= raised then return nil, format('raise: the epoch is %.0f and only grows', raised) end
  raised = plan[at + 1]
  return at + 2
end

tests[op.retires] = function(at)
  local holder = plan[at + 1]
  writeEnded()
  local count = pendingCount(holder)
  for entry, after in pairs(moved or {}) do
    if ownerOf[entry] == holder then count = count - 1 end
    if after == holder then count = count + 1 end
  end
  if count > 0 then return nil, 'retire: ' .. holder .. ' has pending entries' end
  return at + 2
end
