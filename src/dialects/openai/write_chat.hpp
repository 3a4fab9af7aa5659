// Chat answers in OpenAI's form, whole and streamed.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::openai {

std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, std::string_view id, std::int64_t created);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, std::string id, std::int64_t created);

}  // namespace sluice::dialects::openai
