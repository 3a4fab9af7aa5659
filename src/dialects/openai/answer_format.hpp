// What OpenAI's APIs, chat completions and Responses, want of the form of an answer.
#pragma once
#include <span>
#include <string>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

// Others enforce every schema; here only a strict one is, and not every schema can be.
bool is_strict(const llm::ResponseFormat&, llm::Dialect caller);
std::string format_name(const std::string&);   // made of what names may have; never empty
// Without the word "json" in a message no JSON object can be asked for.
bool says_json(std::span<const llm::Message>);
// What holds the model to a form where the service does not.
std::string in_words(const llm::ResponseFormat&);

}  // namespace sluice::dialects::openai
