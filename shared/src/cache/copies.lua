-- A copy, or the right to ask for it.
-- KEYS[1]: the copy's key. ARGV[1]: how long nobody else is to ask (ms).
-- Returns the copy; an empty text while somebody asks; nothing to whoever is to ask now.
local copy = redis.call('GET', KEYS[1])
if not copy then
  redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
end
return copy
