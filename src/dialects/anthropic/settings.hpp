// The settings of a request beside its conversation: limits, sampling, thinking, tools. What one setting allows depends
// on others and on the model, so they are decided together before anything is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/dropped.hpp"
#include "dialects/anthropic/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

struct Settings {
  std::int64_t max_tokens = 0;
  std::optional<double> temperature, top_p;
  std::optional<std::int64_t> top_k;
  std::vector<std::string_view> stop;   // views into the request
  std::string thinking;                 // JSON; empty: left to the model
  std::string effort;                   // output_config.effort; empty: left to the model
  std::string schema;                   // output_config.format; empty: none
  std::string instructions;             // on the form of the answer, for the system prompt; empty: none
  std::string user;                     // metadata.user_id; empty: not said
  std::string service_tier;             // empty: left to Anthropic
  std::vector<std::pair<std::string_view, std::string_view>> passed;   // members of the caller's own in the same dialect
  std::string tool_choice;              // JSON; empty: left to the model
};

// `unthought_calls`: see Conversation; `has_tools`: any are sent. Refused (400): n above 1, and what would make the
// request another if it were left out (a conversation kept elsewhere, an answer of images only).
Result<Settings> decide_settings(const llm::ChatRequest&, const Recipient&, const ModelTraits&, bool unthought_calls,
                                 bool has_tools, Dropped&);

}  // namespace sluice::dialects::anthropic
