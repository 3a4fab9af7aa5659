// What OpenAI's models refuse, by their names. Models that are not known take all.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "sluice/dialects/quirks.hpp"

namespace sluice::dialects::responses {

struct ModelTraits {
  bool reasons = true;          // takes `reasoning`, and gives encrypted_content
  bool fixed_sampling = false;  // no temperature and top_p, unless told not to reason
  std::span<const std::string_view> efforts{};   // those it knows, from least to most; empty: not known
};

ModelTraits traits_of(std::string_view model);

// The effort nearest to the one that is asked for, of those the quirks name, or the model is known to take.
std::string nearest_effort(std::string_view asked, const ModelTraits&, const Quirks&);

}  // namespace sluice::dialects::responses
