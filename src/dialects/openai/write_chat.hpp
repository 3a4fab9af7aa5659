// Chat answers in OpenAI's form, whole and streamed.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::openai {

std::string write_chat(const llm::ChatResponse&, std::string_view id, std::int64_t created);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, std::string id, std::int64_t created);

// What both share.
void append_usage(std::string& out, const llm::Usage&);
std::string_view finish_name(llm::Finish);   // unknown is "stop": clients branch on it

}  // namespace sluice::dialects::openai
