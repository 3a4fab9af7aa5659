#include "dialects/anthropic/cache_marks.hpp"

#include <algorithm>

#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr std::int64_t most = 4;

std::int64_t marks_in(const std::vector<llm::Part>& parts) {
  std::int64_t count = 0;
  for (const llm::Part& part : parts) {
    if (std::holds_alternative<llm::CacheMark>(part)) ++count;
    else if (const auto* const result = std::get_if<llm::ToolResult>(&part)) count += marks_in(result->content);
  }
  return count;
}

}  // namespace

CacheMarks::CacheMarks(const llm::ChatRequest& request, Dropped& dropped) : x_dropped(dropped) {
  std::int64_t count = 0;
  for (const llm::Tool& tool : request.tools) count += tool.cache ? 1 : 0;
  for (const llm::ServerTool& tool : request.server_tools) {
    if (tool.origin == llm::Dialect::anthropic && json::find(tool.raw, "cache_control")) ++count;
  }
  for (const llm::Message& message : request.messages) count += marks_in(message.parts);
  x_surplus = std::max<std::int64_t>(count - most, 0);
}

void CacheMarks::mark(std::string* list, llm::CacheMark mark) {
  if (x_surplus > 0) {
    --x_surplus;
    return x_dropped.add("cache_control");
  }
  constexpr std::string_view member = ",\"cache_control\":{\"type\":\"ephemeral\"";
  if (list == nullptr || !list->ends_with('}') || list->ends_with("\"ephemeral\"}}")) return x_dropped.add("cache_control");
  if (mark.hour && x_short) x_dropped.add("cache_control.ttl");
  const bool hour = mark.hour && !x_short;
  if (!hour) x_short = true;
  list->pop_back();
  list->append(member).append(hour ? ",\"ttl\":\"1h\"}}" : "}}");
}

}  // namespace sluice::dialects::anthropic
