// Tells thoughts in tags from text where a model writes them into its answer: "<think>…</think>" at its very beginning
// (R1 on HuggingFace, Qwen on Groq), "<thought>" (Gemini's compatible API). Any split of the text gives the same. Owned
// by one choice of one answer.
#pragma once
#include <string>
#include <string_view>

namespace sluice::dialects::openai {

class ThinkTags {
 public:
  struct Pieces { std::string thinking, text; };   // thinking comes first; either may be empty

  bool plain() const { return x_where == Where::text; }   // all that follows is text: need not be asked
  void settle() { if (x_where == Where::start && x_held.empty()) x_where = Where::text; }   // thoughts came elsewhere
  Pieces feed(std::string_view piece);
  Pieces finish();                                 // what was held back

 private:
  enum class Where : unsigned char { start, inside, behind, text };
  bool open();                    // false: not decided yet
  void inside(Pieces& out);

  Where x_where = Where::start;
  std::string x_held;
  std::string_view x_closing;
};

}  // namespace sluice::dialects::openai
