// How many tokens a text is to OpenAI's models: byte pair encoding in the two vocabularies in use, exact. The vocabularies
// are part of the program and are searched where they lie; what no request needs takes no memory. Pure; any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::tokens {

enum class Vocabulary : std::uint8_t { none, cl100k, o200k };

// By the model's name, with or without "openai/" before it. none: the model is not one whose vocabulary is known here.
Vocabulary vocabulary_of(std::string_view model);

// Special tokens such as <|endoftext|> are counted as the text they are written as. Text that is not UTF-8 is counted
// too, each stray byte as a character. Never more than the bytes; `none`: the bytes. A piece without a break (one run of
// letters, white space or signs) of more than 64 KiB is counted by its bytes. Time grows with n log n at worst; memory is
// at most 4 MB while it counts, and none after.
std::int64_t count(Vocabulary, std::string_view utf8_text);

}  // namespace sluice::tokens
