-- The same page again and again; or, where a file is named (`wrk … -- FILE`), its paths, one a line and none twice.
local SPARE = 64  -- at the end of the file, so that requests during shutdown are new as well
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } moment; int clock_gettime(int clock, moment *now);")
local threads = {}

local function seconds()
  local now = ffi.new("moment")
  ffi.C.clock_gettime(1, now)
  return tonumber(now.s) + tonumber(now.ns) / 1e9
end

function setup(thread)
  table.insert(threads, thread)
end

-- With the field X-Request-ID: random each request has an id of its own, of 16 digits.
local function with_random_ids()
  local before, after = wrk.format("GET", wrk.path):match("^(.-)random(.*)$")
  local number = math.random(1000000000, 9999999999)
  function request()
    number = number + 1
    return before .. string.format("%016d", number) .. after
  end
end

function init(arguments)
  if wrk.headers["X-Request-ID"] == "random" then with_random_ids() end
  if not arguments[1] then return end
  local requests, walked, begun = {}, 0, nil
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
  function request()
    begun = begun or seconds()
    walked = walked + 1
    if walked == #requests - SPARE then
      lasted = seconds() - begun  -- wrk itself counts its whole time
      wrk.thread:stop()
    end
    return requests[math.min(walked, #requests)]
  end
end

-- What a run came to, as one line of JSON behind wrk's own words.
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "refused": %d, "failed": %d, "p99_ms": %.3f}\n',
    summary.requests, threads[1]:get("lasted") or summary.duration / 1000000, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99) / 1000))
end
