// OpenAI's streams tell what was used only where the request says so. Where a limit goes by that and the caller does not ask, the
// gateway asks, and keeps the event that comes of it to itself. No I/O.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/attempt.hpp"
#include "sluice/providers/provider.hpp"

namespace sluice::gateway {

bool must_ask_for_usage(const Exchange& ex, const Attempt& attempt, const providers::Call& call);
// The body with stream_options.include_usage. Nothing: it cannot be said (stream_options is no object).
std::optional<std::string> asking_for_usage(std::string_view body);

// Behind the last whole event; 0: there is none.
std::size_t end_of_events(std::string_view bytes);

// Takes the event that has usage and no choices out of a stream that passes otherwise untouched.
class UsageFilter {
 public:
  // What of it may be shown: whole events. The rest is kept for the next piece. Valid until the next call, and as long as the
  // piece. `usage_seen`: some event has told usage by the end of this piece; until then there is nothing to take out.
  std::string_view feed(std::string_view piece, bool usage_seen);
  std::string_view rest() const { return x_rest; }   // once the stream is over

 private:
  std::string x_shown, x_rest;
};

}  // namespace sluice::gateway
