// Chat answers in Cohere's form, whole and streamed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::cohere {

std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, std::string_view id);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, std::string id);

std::string_view finish_name(llm::Finish, bool stop_sequence);
std::string_view filtered_message();   // of an answer that a filter ended; finish_reason ERROR has no other words

}  // namespace sluice::dialects::cohere
