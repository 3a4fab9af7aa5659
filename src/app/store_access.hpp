// What the commands that work on the store share: their flags, times on the command line, and the way from a
// configuration to the open store.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/options.hpp"
#include "sluice/config/config.hpp"
#include "sluice/store/store.hpp"

namespace sluice::app {

// read_options() for commands with flags too: options without a value, such as --json.
struct Flagged { Options options; std::vector<std::string> flags; bool has(std::string_view flag) const; };
Flagged read_flagged(std::span<const std::string> arguments, std::span<const std::string_view> with_value,
                     std::span<const std::string_view> flags);

// "90s", "15m", "1h", "30d", "2w" in seconds; more than zero.
std::optional<std::int64_t> parse_span(std::string_view text);
// A moment: RFC 3339, or a span before (`direction` -1) or after (+1) `now`. Unix seconds.
std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now, int direction);

struct Opened { config::Config config; std::unique_ptr<store::Store> store; };
struct Refusal { int exit_code; std::string text; };
// The configuration --config names (else the default one) and its store.
std::variant<Opened, Refusal> open_store(const Options&, bool read_only);

}  // namespace sluice::app
