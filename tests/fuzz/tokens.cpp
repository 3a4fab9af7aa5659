// Any text in both vocabularies: pieces make up the text, and there are never more tokens than bytes; and any body of a
// request.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sluice/tokens/chat_tokens.hpp"
#include "sluice/tokens/vocabulary.hpp"
#include "tokens/pieces.hpp"

namespace {

using namespace sluice::tokens;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(Vocabulary vocabulary, std::string_view text) {
  const std::int64_t tokens = count(vocabulary, text);
  require(tokens <= static_cast<std::int64_t>(text.size()) && (tokens == 0) == text.empty());
  std::int64_t cut = 0;
  std::size_t at = 0;
  Pieces pieces(vocabulary, text);
  for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next(), ++cut) {
    require(piece.data() == text.data() + at);
    at += piece.size();
  }
  require(at == text.size() && cut <= tokens);
  for (const auto of : {chat_tokens, responses_tokens, completion_tokens, embedding_tokens}) {
    const InputTokens input = of(vocabulary, text);
    require(input.text >= 0 && input.text <= 100 * static_cast<std::int64_t>(text.size()) + 100);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Vocabulary vocabulary : {Vocabulary::cl100k, Vocabulary::o200k}) check(vocabulary, text);
  return 0;
}
