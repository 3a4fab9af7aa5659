// Whole answers of generateContent as neutral ones, and what streamed ones share with them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/gemini/chunk_reader.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// Refuses what is no answer of generateContent, and one that says nothing because it failed. A refused prompt gives one choice that ends in content_filter.
Result<llm::ChatResponse> decode(std::string_view body);

// Ids for the calls that Gemini gives none (most do not): unique in the answer, and with the answer's own id in them in
// the conversation as well. An encoder knows them by their beginning and leaves them out again.
class CallNumbers {
 public:
  void answer(std::string_view response_id);
  std::string next();

 private:
  std::string x_stem;
  std::int64_t x_count = 0;
};
bool is_made_up(std::string_view call_id);
std::string made_up_id(std::string_view stem, std::int64_t number);

// A call's arguments as JSON text of an object.
std::string arguments_of(std::string_view raw_args);

// Whatever is neither text nor a function call: a picture, sound, a document, or a part of one of Google's own tools.
// False: nothing to show (a draft picture of a thought).
bool read_other_part(std::string_view raw, const PartView& view, llm::Part& into);

// logprobsResult in OpenAI's form; empty: there is none. And back.
std::string read_logprobs(std::string_view raw);
std::string write_logprobs(std::string_view openai);

// Why a prompt was refused, in Google's words; empty: not said.
std::string block_message(std::string_view feedback);

// "2025-11-18T07:02:44.804653Z" as Unix seconds; 0: no such time.
std::int64_t read_time(std::string_view text);

}  // namespace sluice::dialects::gemini
