// How hard a model is to think, in the words of its service.
#include <algorithm>
#include <array>

#include "dialects/openai/encode.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

// From least to most.
constexpr std::array<std::string_view, 7> efforts{"none", "minimal", "low", "medium", "high", "xhigh", "max"};
constexpr std::array<std::string_view, 6> of_openai{"none", "minimal", "low", "medium", "high", "xhigh"};

std::int64_t rank(std::string_view effort) {
  const auto at = std::find(efforts.begin(), efforts.end(), effort);
  return at == efforts.end() ? -1 : at - efforts.begin();
}

// The nearest that the service knows; of two as near the greater.
std::string nearest(std::string_view asked, const std::vector<std::string>& known) {
  const std::int64_t wanted = rank(asked);
  std::string best;
  std::int64_t distance = 100;
  const auto consider = [&](std::string_view effort) {
    const std::int64_t away = std::abs(rank(effort) - wanted);
    if (rank(effort) < 0 || away > distance) return;
    distance = away;
    best = effort;
  };
  if (known.empty()) std::for_each(of_openai.begin(), of_openai.end(), consider);
  else std::for_each(known.begin(), known.end(), consider);
  return best;
}

// As Gemini's compatible API maps efforts to budgets, read backwards.
std::string effort_of(std::int64_t budget) {
  if (budget == 0) return "none";
  if (budget < 0) return {};   // as the model sees fit: what it does anyway
  if (budget <= 1024) return "low";
  return budget <= 8192 ? "medium" : "high";
}

std::string effort_wanted(const llm::ChatRequest& asked) {
  return asked.reasoning_effort.empty() && asked.thinking_budget ? effort_of(*asked.thinking_budget) : asked.reasoning_effort;
}

// OpenRouter: {"effort"} or {"max_tokens"}, and whether the thoughts are shown.
std::string object_form(const llm::ChatRequest& asked, const std::string& effort) {
  std::string members;
  if (asked.thinking_budget && *asked.thinking_budget > 0) members = ",\"max_tokens\":" + std::to_string(*asked.thinking_budget);
  else if (effort == "none") members = ",\"enabled\":false";
  else if (!effort.empty()) members = ",\"effort\":" + json::quoted(effort);
  else if (asked.thinking_budget) members = ",\"enabled\":true";
  if (members.empty()) return {};
  if (asked.show_thinking == false) members += ",\"exclude\":true";
  if (!asked.thinking_detail.empty()) members += ",\"summary\":" + json::quoted(asked.thinking_detail);
  return "{" + members.substr(1) + "}";
}

// Whether thoughts are in the answer, and how: one service only can be told, others do as they do.
void report_showing(const llm::ChatRequest& asked, Members& members) {
  const bool told = members.quirks().reasoning_request == "reasoning";
  if (asked.show_thinking && !told && *asked.show_thinking != members.quirks().shows_thoughts) members.drop("include_reasoning");
  if (!asked.thinking_detail.empty() && asked.thinking_detail != "auto" && !told) members.drop("reasoning.summary");
}

}  // namespace

std::string effort_sent(const llm::ChatRequest& asked, const Quirks& quirks) {
  const std::string& form = quirks.reasoning_request;
  if (form.empty() || std::find(quirks.refuses.begin(), quirks.refuses.end(), form) != quirks.refuses.end()) return {};
  const std::string effort = effort_wanted(asked);
  const bool as_is = effort.empty() || (form == "reasoning" ? effort == "none" : form != "reasoning_effort");
  return as_is ? effort : nearest(effort, quirks.efforts);
}

void put_reasoning(const llm::ChatRequest& asked, Members& members) {
  report_showing(asked, members);
  std::string effort = effort_wanted(asked);
  if (effort.empty() && !asked.thinking_budget) return;
  const Quirks& quirks = members.quirks();
  const std::string& form = quirks.reasoning_request;
  const std::string_view on = effort == "none" ? "false" : "true";
  if (form == "reasoning_effort") {
    if (effort.empty()) return;
    const std::string known = nearest(effort, quirks.efforts);
    if (known != effort) members.drop("reasoning_effort");
    if (!known.empty()) members.put_text("reasoning_effort", known);
  } else if (form == "reasoning") {
    if (!effort.empty() && effort != "none") effort = nearest(effort, quirks.efforts);
    if (const std::string object = object_form(asked, effort); !object.empty()) members.put("reasoning", object);
  } else if (form == "thinking") {
    members.put("thinking", effort == "none" ? R"({"type":"disabled"})" : R"({"type":"enabled"})");
  } else if (form == "enable_thinking") {
    members.put("enable_thinking", on);
    if (asked.thinking_budget && *asked.thinking_budget > 0) members.put_integer("thinking_budget", *asked.thinking_budget);
  } else if (form == "chat_template_kwargs") {   // both names: Qwen's templates know one, DeepSeek's the other
    members.put("chat_template_kwargs", "{\"enable_thinking\":" + std::string(on) + ",\"thinking\":" + std::string(on) + "}");
  } else if (effort != "none" || !quirks.efforts.empty()) {
    members.drop("reasoning_effort");
  }
}

}  // namespace sluice::dialects::openai
