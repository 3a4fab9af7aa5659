// A conversation in Converse's shape: system texts apart, user and assistant taking turns, the results of tool calls at
// the head of the user's turn that follows them. Built once per request.
#pragma once
#include <string>
#include <vector>

#include "dialects/bedrock/model_family.hpp"
#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

struct Conversation {
  std::string system;     // elements of the array `system`, without its brackets; empty: none
  std::string messages;   // elements of the array `messages`
  std::vector<std::string> called;   // names of the tools called in it, each once: Converse wants them declared
  bool unthought_calls = false;      // the last assistant turn called tools without signed thinking: Claude then may not think
};

// Refused (400, with the message at fault as param): what Converse cannot be told, tool results without their call and
// the other way round, a conversation that does not begin with the user.
Result<Conversation> encode_conversation(const std::vector<llm::Message>& messages, const Model& model, Dropped& dropped);

}  // namespace sluice::dialects::bedrock
