// What OpenAI's own models take of its API. Data by patterns of the model's name.
#pragma once
#include <string_view>

#include "sluice/dialects/quirks.hpp"

namespace sluice::providers {

// Of a name that is none of OpenAI's: nothing special.
const dialects::Quirks& openai_quirks(std::string_view model);

}  // namespace sluice::providers
