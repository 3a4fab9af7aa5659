// What single values look like: spans, sizes, money, times, weights. Pure; an error's message completes "must be …".
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/config/config.hpp"

namespace sluice::config {

// True for what YAML reads as a number ("4", "-1.5e3"): not text unless quoted.
bool looks_like_number(std::string_view);

Result<bool> parse_bool(std::string_view);
Result<std::int64_t> parse_whole(std::string_view);     // digits only
Result<Milliseconds> parse_duration(std::string_view);  // 200ms 30s 15m 1h 1d
Result<Period> parse_period(std::string_view);          // 30s 15m 1h 1d 1w 1M 1Y; more than zero, up to 100 years
Result<std::uint64_t> parse_size(std::string_view);     // 1024, 32KiB, 10GB
Result<double> parse_weight(std::string_view);          // finite, not negative
Result<double> parse_share(std::string_view);           // 0 … 1
Result<std::int64_t> parse_usd(std::string_view);       // dollars to nano-USD, exactly
Result<std::int64_t> parse_usd_per_million(std::string_view);  // dollars per million to nano-USD per thousand, exactly
Result<std::int64_t> parse_usd_each(std::string_view);         // dollars each to nano-USD per thousand; up to 9 digits
Result<std::int64_t> parse_time(std::string_view);             // RFC 3339 to Unix seconds
Result<Endpoint> parse_endpoint(std::string_view);             // address:port; "localhost" becomes 127.0.0.1
Result<Network> parse_network(std::string_view);                // 10.0.0.0/8, 2001:db8::/32, or one address

}  // namespace sluice::config
