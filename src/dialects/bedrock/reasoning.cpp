#include <algorithm>

#include "dialects/bedrock/settings.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

using anthropic::least_budget;

std::int64_t budget_for(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return least_budget;
  if (effort == "medium") return 4096;
  return 16384;
}
std::string_view effort_for(std::int64_t budget) {
  if (budget < 0) return "medium";
  if (budget == 0) return "none";
  return budget <= 2048 ? "low" : budget <= 8192 ? "medium" : "high";
}

class Plan {
 public:
  Plan(const llm::ChatRequest& asked, const Model& model, bool unthought_calls, bool forced, Dropped& dropped)
      : x_asked(asked), x_model(model), x_unthought_calls(unthought_calls), x_forced(forced), x_dropped(dropped) {}

  Reasoning run() {
    const bool asked = !x_asked.reasoning_effort.empty() || x_asked.thinking_budget;
    if (asked) {
      if (x_asked.reasoning_effort == "none" || x_asked.thinking_budget == 0) off();
      else on();
    }
    if (!x_asked.thinking_detail.empty()) x_dropped.add("reasoning.summary");
    return std::move(x_out);
  }

 private:
  void drop() { x_dropped.add(x_asked.thinking_budget ? "thinking" : "reasoning_effort"); }

  std::string effort() const {
    if (!x_asked.reasoning_effort.empty()) return x_asked.reasoning_effort;
    return std::string(effort_for(*x_asked.thinking_budget));
  }

  void on() {
    switch (x_model.reasoning) {
      case ReasoningForm::none: return drop();
      case ReasoningForm::claude: return claude();
      case ReasoningForm::nova: return nova();
      case ReasoningForm::effort: return plain_effort();
      case ReasoningForm::nested_effort:
        x_out.fields = ",\"reasoning\":{\"effort\":" + json::quoted(effort() == "minimal" ? "low" : effort()) + "}";
        x_out.thinks = true;
    }
  }

  void off() {
    if (x_model.reasoning == ReasoningForm::nested_effort) {
      x_out.fields = R"(,"reasoning":{"effort":"none"})";
    } else if (x_model.reasoning == ReasoningForm::effort) {
      x_out.fields = R"(,"reasoning_effort":"low")";   // the least it can
      drop();
    } else if (x_model.reasoning == ReasoningForm::claude && x_model.claude.thinks_unasked) {
      if (x_model.claude.may_not_think) x_out.fields = R"(,"thinking":{"type":"disabled"})";
      else drop();
    }
  }

  void plain_effort() {   // gpt-oss and Kimi know three
    std::string word = effort();
    if (word == "minimal") word = "low";
    if (word == "xhigh" || word == "max") word = "high";
    x_out.fields = ",\"reasoning_effort\":" + json::quoted(word);
    x_out.thinks = true;
  }

  // docs: Amazon Nova 2, "Extended thinking": with high effort maxTokens, temperature and topP must be unset. A limit the
  // caller has set is worth more than the last step of effort.
  void nova() {
    std::string word = effort();
    if (word == "minimal") word = "low";
    if (word == "xhigh" || word == "max") word = "high";
    if (word == "high" && x_asked.max_tokens) {
      word = "medium";
      drop();
    }
    x_out.no_limits = word == "high";
    x_out.fields = R"(,"reasoningConfig":{"type":"enabled","maxReasoningEffort":)" + json::quoted(word) + "}";
    x_out.thinks = true;
  }

  void claude() {
    const auto form = x_model.claude.thinking;
    if (x_forced || (form != anthropic::ThinkingForm::budget && form != anthropic::ThinkingForm::adaptive)) return drop();
    if (form == anthropic::ThinkingForm::budget) return budget();
    std::string thinking = R"({"type":"adaptive")";
    if (x_asked.show_thinking) thinking += *x_asked.show_thinking ? R"(,"display":"summarized")" : R"(,"display":"omitted")";
    x_out.fields = ",\"thinking\":" + thinking + "}";
    x_out.thinks = true;
    std::string word = x_asked.reasoning_effort;
    if (word.empty() && x_asked.thinking_budget.value_or(-1) > 0) {   // a budget is no longer taken
      word = effort_for(*x_asked.thinking_budget);
      drop();
    }
    if (word == "minimal") word = "low";
    if (word == "xhigh" && x_model.claude.version < 407) word = "high";
    if (!word.empty()) x_out.fields += ",\"output_config\":{\"effort\":" + json::quoted(word) + "}";
  }

  // maxTokens counts the thinking in, and must be larger than the budget. It is what the caller pays for at most: never
  // raised, the budget gives way.
  void budget() {
    if (x_unthought_calls) return drop();
    const bool counted = x_asked.thinking_budget.value_or(-1) > 0;
    std::int64_t budget = counted ? std::max(*x_asked.thinking_budget, least_budget) : budget_for(effort());
    if (x_asked.max_tokens) {
      const auto fitting = anthropic::budget_within(std::min(*x_asked.max_tokens, x_model.claude.max_output), budget, counted);
      if (!fitting) return drop();
      budget = *fitting;
    }
    if (counted && budget != *x_asked.thinking_budget) drop();
    x_out.fields = R"(,"thinking":{"type":"enabled","budget_tokens":)";
    json::append_integer(x_out.fields, budget);
    if (x_asked.show_thinking == false && x_model.claude.takes_display) x_out.fields += R"(,"display":"omitted")";
    x_out.fields += '}';
    x_out.thinks = true;
  }

  const llm::ChatRequest& x_asked;
  const Model& x_model;
  bool x_unthought_calls, x_forced;
  Dropped& x_dropped;
  Reasoning x_out;
};

}  // namespace

Reasoning plan_reasoning(const llm::ChatRequest& asked, const Model& model, bool unthought_calls, bool forced, Dropped& dropped) {
  return Plan(asked, model, unthought_calls, forced, dropped).run();
}

}  // namespace sluice::dialects::bedrock
