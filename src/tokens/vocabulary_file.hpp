// The vocabularies' files within the program.
#pragma once
#include <string_view>

#include "sluice/tokens/vocabulary.hpp"

namespace sluice::tokens {

std::string_view vocabulary_file(Vocabulary);   // not `none`

}  // namespace sluice::tokens
