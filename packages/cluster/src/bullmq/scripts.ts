/*
 * Operations for which BullMQ has no single command. They rely on BullMQ's layout: waiting calls are members of the sorted set
 * `prioritized`, whose score is the priority times 2^32 plus a counter, and each call is a hash of its own.
 */

/** Removes a call only if it waits. KEYS: the set, the call's hash. ARGV: its id. */
export const RECLAIM = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[2])
return 1`

/** When the longest waiting call was sent; checks the first call of each of the first priorities. KEYS: the set. ARGV: the prefix of the hashes. */
export const OLDEST = `
local oldest = false
local from = '-inf'
for _ = 1, 64 do
  local found = redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if #found == 0 then break end
  local since = tonumber(redis.call('HGET', ARGV[1] .. found[1], 'timestamp') or '')
  if since and (not oldest or since < oldest) then oldest = since end
  from = string.format('%.0f', (math.floor(tonumber(found[2]) / 4294967296) + 1) * 4294967296)
end
return oldest and string.format('%.0f', oldest)`

/** Stores a job's result with it, if the job still exists. KEYS: its hash. ARGV: the result, the message. */
export const KEEP_ANSWER = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'bridge:answer', ARGV[1], 'bridge:message', ARGV[2])
return 1`
