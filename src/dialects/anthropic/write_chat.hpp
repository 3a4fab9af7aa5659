// Chat answers in the form of the messages API, whole and streamed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::anthropic {

// The dialect has one answer to a request: of several the first is told.
std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, const AnswerContext&);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, const AnswerContext&);
std::string write_token_count(std::int64_t tokens);

// What both share.
struct Stop {
  llm::Finish finish = llm::Finish::unknown;
  std::string_view sequence;
  bool calls = false;   // the answer has tool calls
};
void append_stop(std::string& out, const Stop&);   // "stop_reason":…,"stop_sequence":…
// Anthropic counts cached tokens beside the input, and splits those written by their term.
void append_usage(std::string& out, const llm::Usage&, std::string_view service_tier);
// A call's arguments as the object they must be: a custom tool's text as its one member `input`.
std::string input_of(const llm::ToolCall&);
// An image, audio or file that a model answers with, for which the dialect has no place: as text; empty: nothing to say.
std::string shown_as_text(const llm::Part&);
// What a call is called by where the provider gave it no name.
std::string made_call_id(std::string_view answer_id, std::int64_t number);

}  // namespace sluice::dialects::anthropic
