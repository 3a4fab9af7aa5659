// What the readers of published price lists share. Private to the module.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace sluice::pricing {

// Caught by read_price_list(), as nlohmann's own exceptions are.
struct Unusable : std::runtime_error { using std::runtime_error::runtime_error; };

// Dollars for one unit as nano-USD per thousand of our units; `scale` is how many of those make one of the source's.
std::int64_t nano_rate(const nlohmann::json& dollars, double scale, std::string_view what);
// Tokens as any number form; 0: not told.
std::int64_t token_count(const nlohmann::json& object, const char* name);
std::string lower_case(std::string_view text);

// The value of "lists" in config/models.json.
nlohmann::json genai_lists(const nlohmann::json& source);
nlohmann::json litellm_lists(const nlohmann::json& source);

}  // namespace sluice::pricing
