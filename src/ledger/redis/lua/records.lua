-- Records: a hash each. The first character of a value is its type (see scalars.ts). A record without fields has one
-- without a name, as a hash that is empty is gone.

local textTag, bytesTag, numberTag = 115, 98, 110

-- record → field → number: sums that are not written yet.
local counters

local function beginRecords()
  counters = {}
end

local function writeCounters(record)
  local fields = {}
  for field, sum in pairs(counters[record]) do
    fields[#fields + 1] = field
    fields[#fields + 1] = format('n%.17g', sum)
  end
  counters[record] = nil
  callInParts('HSET', base .. 'r:' .. record, fields, 2)
end

local function finishRecords()
  for record in pairs(counters) do writeCounters(record) end
end

-- The key of a record that is to be read or written as it stands.
local function recordKey(record)
  if counters[record] then writeCounters(record) end
  return base .. 'r:' .. record
end

local function recordExists(record)
  return counters[record] ~= nil or call('EXISTS', base .. 'r:' .. record) == 1
end

-- The number in a value; nil: it is none.
local function numberOf(value)
  if byte(value) ~= numberTag then return nil end
  return tonumber(sub(value, 2))
end

-- The number in a field, 0 where there is no field; nil: it is no number.
local function numberIn(record, field)
  local sums = counters[record]
  if sums and sums[field] then return sums[field] end
  local value = call('HGET', base .. 'r:' .. record, field)
  if not value then return 0 end
  return numberOf(value)
end

local function keepNumber(record, field, sum)
  local sums = counters[record]
  if not sums then
    sums = {}
    counters[record] = sums
  end
  sums[field] = sum
end
