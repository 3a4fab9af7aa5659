// A conversation in Anthropic's shape: system texts apart, user and assistant taking turns, the results of tool calls
// at the head of the user's turn that follows them. Built once per request.
#pragma once
#include <string>
#include <vector>

#include "dialects/anthropic/cache_marks.hpp"
#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

struct Conversation {
  std::string system;    // elements of the array `system`, without its brackets; empty: none
  std::string messages;  // elements of the array `messages`
  // The last assistant turn called tools without showing signed thinking: a thinking budget would be refused (docs:
  // Extended thinking, "Preserving thinking blocks").
  bool unthought_calls = false;
};

// Refused (400, with the message at fault as param): what Anthropic cannot be told (audio, stored files, tool results
// without their call and the other way round), and a conversation without any message.
Result<Conversation> encode_conversation(const llm::ChatRequest& request, CacheMarks& marks, Dropped& dropped);

}  // namespace sluice::dialects::anthropic
