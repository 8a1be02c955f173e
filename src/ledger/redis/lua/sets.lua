-- Sets: a ZSET each, which Redis keeps in the order that is wanted: by score, then by the bytes of the member.

-- set → member → its score as a text; false: it is to go.
local members

local function beginSets()
  members = {}
end

local function noteMember(set, member, score)
  local noted = members[set]
  if not noted then
    noted = {}
    members[set] = noted
  end
  noted[member] = score
end

local function finishSets()
  for set, noted in pairs(members) do
    local scored, gone = {}, {}
    local scores, leaving = 0, 0
    for member, score in pairs(noted) do
      if score then
        scored[scores + 1] = score
        scored[scores + 2] = member
        scores = scores + 2
      else
        leaving = leaving + 1
        gone[leaving] = member
      end
    end
    local key = base .. 'z:' .. set
    callInParts('ZADD', key, scored, 2)
    callInParts('ZREM', key, gone)
  end
end
