#include "dialects/responses/usage.hpp"

#include <algorithm>
#include <cstdint>

#include "dialects/openai/usage.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::responses {
namespace {

constexpr std::int64_t most_searches = 100'000;   // what is stated beyond it counts as not stated

std::optional<std::int64_t> count_in(std::string_view object, std::string_view key) {
  const auto raw = json::find(object, key);
  const auto count = raw ? json::to_integer(*raw) : std::nullopt;
  if (!count || *count < 0 || *count > most_searches) return std::nullopt;
  return count;
}

// Web searches are billed by the call. OpenAI bills the action "search" only, not pages that were opened
// (platform.openai.com/docs/pricing, "Built-in tools").
std::int64_t searches_among(std::string_view output) {
  std::int64_t searches = 0;
  json::each_element(output, [&searches](std::string_view item) {
    const auto type = json::find(item, "type");
    if (!type || *type != "\"web_search_call\"") return;
    const auto action = json::find(item, "action");
    const auto kind = action ? json::find(*action, "type") : std::nullopt;
    if (!kind || *kind == "\"search\"") ++searches;
  });
  return searches;
}

}  // namespace

std::optional<llm::Usage> usage_in_response(std::string_view response) {
  std::string_view usage, tool_usage, output;
  json::each_member(response, [&](std::string_view key, std::string_view value) {
    if (key == "usage") usage = value;
    else if (key == "tool_usage") tool_usage = value;
    else if (key == "output") output = value;
  });
  auto told = openai::read_usage(usage);
  if (!told) return std::nullopt;
  // Stated beside the usage (OpenAI since 2026), inside it (xAI), or only to be counted.
  std::optional<std::int64_t> searches;
  if (const auto web = json::find(tool_usage, "web_search")) searches = count_in(*web, "num_requests");
  if (!searches) {
    if (const auto details = json::find(usage, "server_side_tool_usage_details")) searches = count_in(*details, "web_search_calls");
  }
  told->web_searches = std::max(told->web_searches, searches ? *searches : searches_among(output));
  return told;
}

}  // namespace sluice::dialects::responses
