// The chunks of one stream are alike but for the text in them (and OpenAI's filler against traffic analysis). Remembers
// the last plain chunk with its texts as holes; another that is the same but for the holes need not be parsed to know
// what it adds. Owned by one stream.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::dialects::openai {

// Bytes of the text in a raw JSON string, quotes included: escapes count as what they stand for. 0: no string.
std::int64_t text_size(std::string_view raw);

// Collected while a chunk is parsed: where its texts are, and whether there is anything else to it.
class ChunkHoles {
 public:
  void text(std::string_view raw);     // generated text; a raw JSON string
  void filler(std::string_view raw);   // a string whose value means nothing
  void not_plain() { x_plain = false; }
  bool plain() const { return x_plain && x_texts == 1; }

 private:
  friend class ChunkShape;
  struct Hole { std::string_view raw; bool counts = false; };
  std::array<Hole, 3> x_holes;
  std::size_t x_size = 0, x_texts = 0;
  bool x_plain = true;
};

class ChunkShape {
 public:
  // `holes` are views into `chunk`.
  void learn(std::string_view chunk, ChunkHoles holes);
  // The bytes of text in a chunk of the same shape; nothing: another shape.
  std::optional<std::int64_t> match(std::string_view chunk) const;

 private:
  struct Gap { std::size_t before = 0; bool counts = false; };   // literal bytes up to and with the opening quote
  std::string x_literals;          // the chunk without what is in the holes; each closing quote begins the next literal
  std::array<Gap, 3> x_gaps;
  std::size_t x_size = 0;
};

}  // namespace sluice::dialects::openai
