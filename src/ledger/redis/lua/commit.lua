-- Carries out transactions, in order.
--
-- Key: `{shard}shard`. Request: time (false: the server's), holder, seq, sender, command that publishes, where the
-- entries begin that are mentioned, count of transactions; of each where the next one begins, its tests, 0, its writes;
-- then count of entries, entries.
-- Reply: what became of the call, now, answers, the seq before. Answers are their count where all are done; else of each 0 (done), the
-- guard that refused it, or why it is invalid.

local answered, repeated, buried, oldSeq = 0, 1, 2, 3

-- What became of the transaction that begins here.
local function carryOut(at, next)
  beginTests()
  while plan[at] ~= 0 do
    local after, answer = tests[plan[at]](at)
    if not after then return answer end
    at = after
  end
  at = at + 1
  while at < next do at = writes[plan[at]](at) end
  return 0
end

-- What went wrong where nothing can. The others go on, and the call is kept: sent again, it would do them twice.
local function failure(problem)
  return type(problem) == 'table' and tostring(problem.err) or tostring(problem)
end

local function carryOutAll()
  local answers = {}
  local allDone = true
  local at = 8
  for nth = 1, plan[7] do
    local next = plan[at]
    local isWell, answer = pcall(carryOut, at + 1, next)
    answers[nth] = isWell and answer or failure(answer)
    allDone = allDone and answers[nth] == 0
    at = next
  end
  return allDone and plan[7] or answers
end

local function publish()
  if #hints == 0 then return end
  table.insert(hints, 1, plan[4])
  call(plan[5], base .. 'hints', cjson.encode(hints))
end

-- What a call whose seq isn't new is told; or nothing, and the last seq.
local function oldReply(seq)
  local known = call('HMGET', holderKey(caller), 'seq', 'buried')
  if known[2] then return { buried } end
  local last = tonumber(known[1] or 0)
  if seq < last then return { oldSeq } end
  if seq > last then return nil, last end
  -- The time went with an answer, so it may not go back.
  saveShard()
  return { repeated, now, cmsgpack.unpack(call('HGET', holderKey(caller), 'answers')) }
end

local function commit(keys, args)
  openShard(keys, args)
  caller = plan[2]
  loadShard()
  local old, last = oldReply(plan[3])
  if old then return cmsgpack.pack(old) end
  beginRecords()
  beginLanes()
  beginSets()
  beginWrites()
  sums = {}
  loadOwners(plan[6] + 1, plan[6] + plan[plan[6]])
  local answers = carryOutAll()
  finishRecords()
  finishSets()
  finishLanes()
  if not isRetired then saveHolder(caller, 'seq', plan[3], 'answers', cmsgpack.pack(answers)) end
  saveShard()
  publish()
  return cmsgpack.pack({ answered, now, answers, last })
end

register('commit', commit)
-- The same, for calls that may go on while memory is short.
register('drain', commit, 'allow-oom')

-- Whether a call that was refused for memory had been carried out before: its reply; or nothing.
-- Key and request as above.
local function recall(keys, args)
  openShard(keys, args)
  caller = plan[2]
  loadShard()
  local old = oldReply(plan[3])
  return old and cmsgpack.pack(old)
end

register('recall', recall, 'allow-oom')
