#include "gateway/added_usage.hpp"

#include <algorithm>

#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"

namespace sluice::gateway {
namespace {

using llm::Operation;

constexpr std::size_t longest_event = 1 << 20;   // what is longer is no event of usage

// Only what was asked for: some providers tell usage with their last choice, which is the caller's.
bool is_usage_alone(std::string_view event) {
  if (event.find("\"usage\"") == event.npos) return false;
  const std::size_t at = event.find("data:");
  if (at == event.npos) return false;
  const std::string_view data = event.substr(at + 5);
  const auto choices = json::find(data, "choices"), usage = json::find(data, "usage");
  if (!choices || !usage || json::kind_of(*usage) != json::Kind::object) return false;
  bool empty = true;
  return json::each_element(*choices, [&empty](std::string_view) { empty = false; }) && empty;
}

}  // namespace

bool must_ask_for_usage(const Exchange& ex, const Attempt& attempt, const providers::Call& call) {
  if (!ex.facts.stream || ex.facts.include_usage || !attempt.verbatim || ex.endpoint.dialect != llm::Dialect::openai) return false;
  if (call.operation != Operation::chat && call.operation != Operation::completions) return false;
  return ex.hold.measures() && attempt.upstream->adapter->quirks(call.model).stream_usage;
}

std::optional<std::string> asking_for_usage(std::string_view body) {
  std::string_view options = json::find(body, "stream_options").value_or("{}");
  if (options == "null") options = "{}";
  const auto asking = json::set_member(options, "include_usage", "true");
  return asking ? json::set_member(body, "stream_options", *asking) : std::nullopt;
}

std::size_t end_of_events(std::string_view bytes) {
  const std::size_t plain = bytes.rfind("\n\n"), with_returns = bytes.rfind("\r\n\r\n");
  const std::size_t after_plain = plain == bytes.npos ? 0 : plain + 2;
  return std::max(after_plain, with_returns == bytes.npos ? 0 : with_returns + 4);
}

std::string_view UsageFilter::feed(std::string_view piece, bool usage_seen) {
  if (!usage_seen && x_rest.empty() && piece.ends_with("\n\n")) return piece;   // as nearly all of them come
  x_rest.append(piece);
  std::size_t end = end_of_events(x_rest);
  if (end == 0 && x_rest.size() > longest_event) end = x_rest.size();
  x_shown.clear();
  std::string_view whole = std::string_view(x_rest).substr(0, end);
  while (!whole.empty()) {
    const std::size_t plain = whole.find("\n\n"), with_returns = whole.find("\r\n\r\n");
    const std::size_t size = std::min(plain == whole.npos ? whole.size() : plain + 2, with_returns == whole.npos ? whole.size() : with_returns + 4);
    const std::string_view event = whole.substr(0, size);
    if (!usage_seen || !is_usage_alone(event)) x_shown.append(event);
    whole.remove_prefix(size);
  }
  x_rest.erase(0, end);
  return x_shown;
}

}  // namespace sluice::gateway
