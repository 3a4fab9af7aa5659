// Cuts a text into the pieces that are encoded apart, as the patterns that OpenAI published for its vocabularies cut it:
//
//   cl100k   '(?i:[sdmt]|ll|ve|re) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,3} | [ ]?[^\s\p{L}\p{N}]+[\r\n]* | \s+$ |
//            \s*[\r\n] | \s+(?!\S) | \s
//   o200k    word | \p{N}{1,3} | [ ]?[^\s\p{L}\p{N}]+[\r\n/]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//            where a word is [^\r\n\p{L}\p{N}]? and then U*L+ or else U+L*, and then perhaps '(?i:s|t|re|ve|m|ll|d);
//            U are upper and caseless letters and marks, L lower and caseless letters and marks
//
// Time is linear in the text, and nothing is kept.
#pragma once
#include <string_view>

#include "sluice/tokens/vocabulary.hpp"
#include "tokens/characters.hpp"

namespace sluice::tokens {

class Pieces {
 public:
  Pieces(Vocabulary, std::string_view text);   // not `none`
  std::string_view next();                     // empty: the text is at its end

 private:
  std::size_t end_of_cl100k(Character first);
  std::size_t end_of_o200k(Character first);
  std::size_t end_of_word(std::size_t at);
  std::size_t end_of_cased(std::size_t at, bool upper_only);
  std::size_t end_of_numbers(std::size_t at);
  std::size_t end_of_others(std::size_t at, bool slashes);
  std::size_t end_of_space(std::size_t at);
  std::size_t contraction(std::size_t at) const;   // its bytes; 0: none begins there
  template <class Wanted>
  std::size_t skip(std::size_t at, Wanted wanted);

  Characters x_characters;
  std::string_view x_text;
  std::size_t x_at = 0;
  Vocabulary x_vocabulary;
};

}  // namespace sluice::tokens
