-- Gives a try back. After midnight there is nothing to give it back to.
for i = 1, 2 do
    local used = tonumber(redis.call('GET', KEYS[i]) or 0) or 0
    if used == 1 then
        redis.call('DEL', KEYS[i])
    elseif used > 1 then
        redis.call('DECR', KEYS[i])
    end
end
return 1
