// Price lists that others publish: genai-prices' data.json and LiteLLM's model_prices_and_context_window.json, told apart
// by their shape, made into the form of config/models.json. Pure.
#pragma once
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"

namespace sluice::pricing {

// `day` ("2026-11-27") and a hash of the text are its version. Refused as a whole: what is no such list, and a price that
// is negative or above 10,000 dollars a million tokens (or a thousand calls). Left out: what is not charged by tokens, and
// providers that no price list of ours is for.
Result<std::string> read_price_list(std::string_view json, std::string_view day);

}  // namespace sluice::pricing
