// Writes neutral messages as Ollama's: content is one string, images stand beside it.
#pragma once
#include <string>
#include <vector>

#include "dialects/dropped.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::ollama {

// Elements of a JSON array, without its brackets. Refuses what the server cannot take (audio, PDFs, images by address:
// it fetches nothing).
Result<std::string> encode_messages(const std::vector<llm::Message>&, Dropped&);

}  // namespace sluice::dialects::ollama
