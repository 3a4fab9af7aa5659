// The input tokens of a request in OpenAI's dialects, told from its raw body before it is sent. Pure; any thread.
//
// Plain text is counted as it is billed: each message 3, its role and its contents, a name 1 more, and 3 for the beginning
// of the answer (2 with many newer models, so that the count is one above theirs). Function definitions, schemas and calls
// are written out by each model in its own way that is not published: what stands here for them is a bound, from what
// they are as JSON and recorded answers.
#pragma once
#include <cstdint>
#include <string_view>

#include "sluice/tokens/vocabulary.hpp"

namespace sluice::tokens {

struct InputTokens {
  std::int64_t text = 0;
  // False: the request also has what the count says nothing of (images, audio, files, the provider's own tools, encrypted
  // reasoning, conversations that the provider keeps), or something that is not understood.
  bool only_text = true;
};

// The body of each path; an object that json::validate() accepts. Members written twice or with escapes in their names are
// counted all the same.
InputTokens chat_tokens(Vocabulary, std::string_view body);         // /v1/chat/completions
InputTokens responses_tokens(Vocabulary, std::string_view body);    // /v1/responses
InputTokens completion_tokens(Vocabulary, std::string_view body);   // /v1/completions
InputTokens embedding_tokens(Vocabulary, std::string_view body);    // /v1/embeddings

}  // namespace sluice::tokens
