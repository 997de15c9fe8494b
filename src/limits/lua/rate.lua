-- The generic cell rate algorithm, as `governor` does it in one process. Time is Redis's own, in microseconds.
-- KEYS[1]: for one client the time at which it will have its whole burst again.
-- ARGV: microseconds a request costs; microseconds that may be owed.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole = tonumber(redis.call('GET', KEYS[1]) or now) or now
-- A clock that stepped back (another machine after a failover) must not shut anybody out for long.
whole = math.min(whole, now + most + cost)
if now < whole - most then
    return {0, whole - most - now}
end
whole = math.max(whole, now) + cost
redis.call('SET', KEYS[1], string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000) + 1)
return {1, math.floor((most + cost - (whole - now)) / cost)}
