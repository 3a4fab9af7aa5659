// Reads what an Ollama server answers: whole answers and the lines of a stream are the same object.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::ollama {

// One object: {"model","created_at","message":{"role","content","thinking","tool_calls"},"done","done_reason",
// "prompt_eval_count","eval_count",…} or {"error"}. Views of the raw values; empty: absent.
struct Object {
  std::string_view model, created_at, message, done, done_reason, prompt_eval_count, eval_count, logprobs, error;
  std::string_view response;   // of /api/generate, in place of the message
};
std::optional<Object> read_object(std::string_view text);   // nothing: no JSON object

struct Message { std::string_view content, thinking, tool_calls; };
Message read_message(std::string_view raw);

// One element of tool_calls. Ollama gives ids since version 0.13 only; without one, it is made of the answer's time of
// creation (nanoseconds) and the call's number, so that the calls of a conversation differ.
llm::ToolCall read_call(std::string_view raw, std::string_view created_at, std::int64_t number);

// prompt_eval_count may be missing (9 of 45 recorded answers: the prompt was kept from before). What was read then is
// not known, so that the usage counts as estimated.
std::optional<llm::Usage> usage_of(const Object&);
llm::Finish finish_of(std::string_view raw_done_reason, bool called);
std::int64_t seconds_of(std::string_view raw_created_at);   // RFC 3339 as Unix seconds; 0: it is none
std::string logprobs_of(std::string_view raw);              // the list is as OpenAI has it

Result<llm::ChatResponse> decode(std::string_view body);

Failure read_failure(int status, const http::Fields& headers, std::string_view body);
std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body);
Failure failure_in_line(std::string_view raw_error);

}  // namespace sluice::dialects::ollama
