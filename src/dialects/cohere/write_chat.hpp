// Chat answers in Cohere's form, whole and streamed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::cohere {

std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, std::string_view id);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, std::string id);

// How an answer ended: finish_reason, and what goes with ERROR (which has no other words for why).
struct Ending { std::string_view reason, error; };
// refused: the model declined in words of its own, and so the answer is whole.
Ending ending_of(llm::Finish, bool stop_sequence, bool refused);

}  // namespace sluice::dialects::cohere
