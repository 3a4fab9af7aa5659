// Wall-clock time as plain integers since the Unix epoch (UTC, no leap seconds), and its text form.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

std::int64_t unix_seconds();
std::int64_t unix_us();

// "2027-01-01T00:00:00Z", with an optional fraction (dropped) and "Z" or "+hh:mm"; 'T' and 'Z' in either case, a space
// for 'T' (RFC 3339 section 5.6). Gives Unix seconds; nothing for any other text or a date that does not exist.
// A leap second (":60") counts as the second after it.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
// Years 0 to 9999.
std::string format_rfc3339(std::int64_t unix_seconds);      // 2027-01-01T00:00:00Z
std::string format_rfc3339_us(std::int64_t unix_us);        // 2027-01-01T00:00:00.000000Z

}  // namespace sluice
