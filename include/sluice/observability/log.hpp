// The program's own log: lines on stderr for the people who run it. Never on the request path unless something is wrong;
// never a secret. Thread-safe.
#pragma once
#include <spdlog/spdlog.h>

#include <string_view>

namespace sluice::observability {

// "debug", "info", "warn", "error"; false: no such level.
bool set_level(std::string_view level);
// Sends lines to stderr as "2026-01-01T00:00:00.000Z level message".
void start_log();

template <class... A> void debug(fmt::format_string<A...> f, A&&... a) { spdlog::debug(f, std::forward<A>(a)...); }
template <class... A> void info(fmt::format_string<A...> f, A&&... a) { spdlog::info(f, std::forward<A>(a)...); }
template <class... A> void warn(fmt::format_string<A...> f, A&&... a) { spdlog::warn(f, std::forward<A>(a)...); }
template <class... A> void error(fmt::format_string<A...> f, A&&... a) { spdlog::error(f, std::forward<A>(a)...); }

}  // namespace sluice::observability
