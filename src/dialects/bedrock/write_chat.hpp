// Answers in Converse's form, whole and streamed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::bedrock {

std::string write_chat(const llm::ChatResponse&);
std::unique_ptr<StreamWriter> make_stream_writer();

// What both share.
std::string_view stop_reason(llm::Finish, bool by_stop_sequence);
void append_citation(std::string& out, const llm::Citation&);

}  // namespace sluice::dialects::bedrock
