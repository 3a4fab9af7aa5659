// The pieces of an answer's JSON that whole and streamed answers share.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

void append_usage(std::string& out, const llm::Usage&);
std::string_view finish_name(llm::Finish);   // unknown is "stop": clients branch on it

// One element of `annotations`. `start`, `end`: the range in the answer's text, where the citation states none.
void append_annotation(std::string& list, const llm::Citation&, std::int64_t start, std::int64_t end);
// One element of `images` (OpenRouter's form: OpenAI's chat answers have no images).
void append_image(std::string& list, const llm::Image&);
// The object `audio`.
void append_audio(std::string& out, const llm::Audio&, std::int64_t expires_at);
// ,"extra_content":{"google":{"thought_signature":…}} (Gemini's compatible API); nothing for other makers.
void append_google_proof(std::string& out, std::string_view signature, llm::Maker);

std::int64_t characters(std::string_view utf8);

}  // namespace sluice::dialects::openai
