-- Takes one try for a second factor before it is compared. Both counts or none.
-- KEYS: count of the transcript; count of the transcript and prefix. Both end at midnight in Vietnam.
-- ARGV: the day (since 1970, in Vietnam) the keys were made for; most tries of each.
-- Answers {-1, day}: the caller's clock is another day's. {0, which, seconds}: used up. {1, left}: go on.
local now = tonumber(redis.call('TIME')[1])
local day = math.floor((now + 25200) / 86400)
if day ~= tonumber(ARGV[1]) then
    return {-1, day, 0}
end
local midnight = (day + 1) * 86400 - 25200
local most = {tonumber(ARGV[2]), tonumber(ARGV[3])}
local used = {}
for i = 1, 2 do
    -- What is no number counts as used up.
    used[i] = tonumber(redis.call('GET', KEYS[i]) or 0) or most[i]
    if used[i] >= most[i] then
        return {0, i, midnight - now}
    end
end
for i = 1, 2 do
    redis.call('INCR', KEYS[i])
    redis.call('EXPIREAT', KEYS[i], midnight)
end
return {1, math.min(most[1] - used[1], most[2] - used[2]) - 1, 0}
