-- Generic cell rate algorithm over several limits in one round trip. A request passes when all of them let it, and only
-- then it counts. The value is the theoretical arrival time: when the limit will be wholly unused again (ms).
-- KEYS[i]: the limit's key. ARGV[2i-1], ARGV[2i]: requests, and the period in ms that they may come in.
-- Returns, for the limit with the least left: allowed (1/0), its number, remaining requests, ms until wholly unused, ms
-- until the next request can pass.
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local arrivals, tightest = {}, nil
for i, key in ipairs(KEYS) do
  local requests, period = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local interval = period / requests
  local arrival = math.max(tonumber(redis.call('GET', key) or now), now) + interval
  local wait = arrival - period - now
  local remaining = math.floor((now + period - arrival) / interval + 0.000001)
  arrivals[i] = arrival
  if tightest == nil or remaining < tightest.remaining then
    tightest = { number = i, wait = wait, remaining = remaining, arrival = arrival, interval = interval }
  end
end
if tightest.wait > 0 then
  return { 0, tightest.number, 0, math.ceil(tightest.arrival - tightest.interval - now), math.ceil(tightest.wait) }
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.3f', arrivals[i]), 'PX', math.max(1, math.ceil(arrivals[i] - now)))
end
return { 1, tightest.number, tightest.remaining, math.ceil(tightest.arrival - now), 0 }
