// Custom tools are called with free text (OpenAI's). A provider that knows functions only is given a function with the
// one string `input` instead; here its calls become the caller's again, whichever provider made them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects {

// What a custom tool, and a call of one, is to a provider that knows functions only.
llm::Tool as_function(const llm::Tool& custom);
llm::ToolCall as_function(const llm::ToolCall& custom);
// The text must be of a grammar, which a function's argument is not held to: it is told in the description.
bool has_grammar(const llm::Tool& custom);

// Of one answer or one stream, on one thread. Costs nothing where the request has no custom tools.
class FreeText {
 public:
  explicit FreeText(const llm::ChatRequest&);
  void restore(llm::ChatResponse&) const;
  void restore(std::vector<llm::StreamEvent>&);   // the events of a stream, in order, as they come

 private:
  enum class Where : std::uint8_t { outside, before, inside, behind, plain };

  bool is_custom(std::string_view name) const;
  void restore_event(llm::StreamEvent&, std::vector<llm::StreamEvent>& out);
  std::string piece(std::string_view arguments);
  std::string take_text();
  void end_call(std::vector<llm::StreamEvent>& out);

  std::vector<std::string> x_names;
  std::string x_held;              // of the call's arguments, not yet told
  std::int64_t x_call = 0, x_choice = 0;
  Where x_where = Where::outside;  // in `{"input":"…"}`; plain: it is something else, told as it is
};

}  // namespace sluice::dialects
