// Writes neutral messages as Cohere's: one message each, its documents beside them.
#pragma once
#include <string>
#include <vector>

#include "dialects/dropped.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

struct Conversation {
  std::string messages, documents;   // elements of a JSON array each, without its brackets
};
// `thinks`: the model takes thoughts of earlier turns. Refuses what it cannot take at all (audio, PDFs).
Result<Conversation> encode_conversation(const std::vector<llm::Message>&, bool thinks, Dropped&);

}  // namespace sluice::dialects::cohere
