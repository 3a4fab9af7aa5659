// Reads a whole response object into a neutral answer.
#pragma once
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::responses {

Result<llm::ChatResponse> decode(std::string_view body);

// Parts of it, for the stream as well. `item`: a finished output item. Log probabilities are appended to `logprobs`, a
// list of JSON objects without its brackets.
void add_output_item(std::string_view item, std::vector<llm::Part>& parts, std::string& logprobs);
llm::Citation read_annotation(std::string_view annotation);
// What its status and incomplete_details mean; `calls`, `refused`: there are tool calls, or a refusal, in it.
llm::Finish finish_of(std::string_view response, bool calls, bool refused);

// A member that is a string; else "".
std::string text_of(std::string_view object, std::string_view key);
std::string text_of(std::string_view raw);

}  // namespace sluice::dialects::responses
