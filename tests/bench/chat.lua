-- wrk's side of scripts/bench: a chat request of about a kilobyte on every kept connection; one JSON line at the end.
-- PAUSE_MS in the environment holds every connection back so long before each request: a fixed rate instead of full load.
local system = string.rep("You are a careful assistant. Answer in one short paragraph and name your sources. ", 4)
local question = string.rep("What is a sluice, why does a mill need one, and who looks after it when the river is high? ", 4)
local pause = tonumber(os.getenv("PAUSE_MS") or "0")

wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.body = '{"model":"gpt-4o","messages":[{"role":"system","content":"' .. system .. '"},{"role":"user","content":"' ..
           question .. '"}],"temperature":0.7,"max_tokens":300,"stream":false}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("SLUICE_KEY") or "none")
wrk.headers["User-Agent"] = "OpenAI/Python 1.0.0"

if pause > 0 then
  function delay()
    return pause
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.3f,"p50_us":%d,"p90_us":%d,"p99_us":%d,"bad":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(90), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
