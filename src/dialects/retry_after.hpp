// How long a service asks to be left alone, from its answer's headers. Pure: dates are read against the answer's own
// Date header.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "sluice/http/head.hpp"

namespace sluice::dialects {

// retry-after-ms and retry-after (seconds or an HTTP date; the longer of the two: Azure sends 0 ms beside 1 s). For a
// limit (429) that names neither: x-ratelimit-reset-requests / -tokens of the limit that is used up, and OpenRouter's
// x-ratelimit-reset. At most a week.
std::optional<std::chrono::milliseconds> retry_after(int status, const http::Fields& headers);

// "1s", "6m0s", "20ms", "2m59.56s", "7.5" (seconds).
std::optional<std::chrono::milliseconds> read_duration(std::string_view text);
// An HTTP date (RFC 9110, the preferred form: "Sun, 06 Nov 1994 08:49:37 GMT") as Unix seconds.
std::optional<std::int64_t> read_http_date(std::string_view text);

}  // namespace sluice::dialects
