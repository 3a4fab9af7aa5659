// The settings of a request beside its conversation: limits, sampling, thinking, tools. What one setting allows depends
// on others and on the model, so they are decided together before anything is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dropped.hpp"
#include "dialects/anthropic/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

struct Settings {
  std::int64_t max_tokens = 0;
  std::optional<double> temperature, top_p;
  std::optional<std::int64_t> top_k;
  std::vector<std::string_view> stop;   // views into the request
  std::string thinking;                 // JSON; empty: left to the model
  std::string effort;                   // output_config.effort; empty: left to the model
  std::string_view schema;              // output_config.format; empty: none
  std::string tool_choice;              // JSON; empty: left to the model
};

// `unthought_calls`: see Conversation. Refused (400): n above 1.
Result<Settings> decide_settings(const llm::ChatRequest&, const ModelTraits&, bool unthought_calls, Dropped&);

// The elements of the array `tools`; empty: none. Refused (400): parameters that are no JSON object.
Result<std::string> encode_tools(const std::vector<llm::Tool>&, const ModelTraits&, Dropped&);

}  // namespace sluice::dialects::anthropic
