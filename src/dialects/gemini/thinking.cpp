// How much a model is to think (ai.google.dev/gemini-api/docs/thinking; the table of efforts is that of Google's own
// OpenAI-compatible API, ai.google.dev/gemini-api/docs/openai, "Thinking").
#include <algorithm>
#include <optional>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/settings.hpp"
#include "dialects/gemini/words.hpp"

namespace sluice::dialects::gemini {
namespace {

std::optional<std::int64_t> budget_for(std::string_view effort) {
  if (effort == "none") return 0;
  if (effort == "minimal" || effort == "low") return 1024;
  if (effort == "medium") return 8192;
  if (effort == "high" || effort == "xhigh" || effort == "max") return 24576;
  return std::nullopt;
}

class Thinking {
 public:
  Thinking(const llm::ChatRequest& asked, const ModelTraits& model, Dropped& dropped)
      : x_asked(asked), x_model(model), x_words(words_of(asked.caller)), x_dropped(dropped) {}

  std::string run() {
    const bool effort = !x_asked.reasoning_effort.empty();
    switch (x_model.thinking) {
      case ThinkingForm::none:
        if (effort && x_asked.reasoning_effort != "none") x_dropped.add(x_words.effort);
        if (x_asked.thinking_budget.value_or(0) != 0) x_dropped.add(x_words.budget);
        return {};
      case ThinkingForm::budget: by_budget(); break;
      case ThinkingForm::level: by_level(); break;
    }
    // Asked to think, a caller of another dialect is shown the thoughts as its own dialect shows them.
    const bool shown = x_asked.show_thinking.value_or(x_thinks && x_asked.caller != llm::Dialect::gemini);
    if (shown || x_asked.show_thinking) x_out.boolean("includeThoughts", shown);
    return x_out.empty() ? std::string() : x_out.object();
  }

 private:
  void by_budget() {
    std::optional<std::int64_t> budget = x_asked.thinking_budget;
    if (!budget && !x_asked.reasoning_effort.empty()) {
      budget = budget_for(x_asked.reasoning_effort);
      if (!budget) return x_dropped.add(x_words.effort);
    }
    if (!budget) return;
    std::int64_t fits = *budget;
    if (fits == 0 && !x_model.may_not_think) fits = x_model.least_budget;
    if (fits > 0) fits = std::clamp(fits, x_model.least_budget, x_model.most_budget);
    if (fits != *budget) x_dropped.add(x_asked.thinking_budget ? x_words.budget : x_words.effort);
    x_thinks = *budget != 0;
    x_out.number("thinkingBudget", fits);
  }

  void by_level() {
    if (x_asked.reasoning_effort.empty()) return level_of_budget();
    const std::string& effort = x_asked.reasoning_effort;
    if (!budget_for(effort)) return x_dropped.add(x_words.effort);
    x_thinks = effort != "none";
    std::string_view level = effort;
    if (effort == "none" || effort == "minimal") level = x_model.has_minimal ? "minimal" : "low";
    else if (effort == "xhigh" || effort == "max" || (effort == "medium" && !x_model.has_medium)) level = "high";
    if (level != effort) x_dropped.add(x_words.effort);
    x_out.text("thinkingLevel", level);
  }

  // Up to 3.1 a budget is still understood (docs: Gemini 3, "Thinking level"); from 3.5 on it is refused.
  void level_of_budget() {
    if (!x_asked.thinking_budget) return;
    const std::int64_t budget = *x_asked.thinking_budget;
    x_thinks = budget != 0;
    if (budget < 0) return;   // as it sees fit, which it does
    if (x_asked.caller == llm::Dialect::gemini && x_model.version < 350) return x_out.number("thinkingBudget", budget);
    x_dropped.add(x_words.budget);
    std::string_view level = budget <= 1024 ? "low" : budget <= 8192 && x_model.has_medium ? "medium" : "high";
    if (budget == 0 && x_model.has_minimal) level = "minimal";
    x_out.text("thinkingLevel", level);
  }

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const Words x_words;
  Dropped& x_dropped;
  Members x_out;
  bool x_thinks = false;   // it was asked to
};

}  // namespace

std::string encode_thinking(const llm::ChatRequest& asked, const ModelTraits& model, Dropped& dropped) {
  return Thinking(asked, model, dropped).run();
}

}  // namespace sluice::dialects::gemini
