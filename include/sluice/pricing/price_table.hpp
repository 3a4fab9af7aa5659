// What a model costs, from the operator's overrides, a price list that was fetched, and config/models.json (generated from
// public data, compiled into the program), in this order. Immutable once built. Integer arithmetic throughout: a cost is exact to the nano-dollar, rounded half up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/config/config.hpp"
#include "sluice/llm/usage.hpp"
#include "sluice/pricing/rates.hpp"

namespace sluice::pricing {

struct Cost { std::int64_t nano_usd = 0; bool priced = false; };

// Limits and abilities of a model, for /v1/models and for bounds. Zero: not known.
struct ModelLimits { std::int64_t context = 0, max_output = 0; };

// Who asks, and by which provider entry: an operator may have set prices for them. Empty: for nobody's sake.
struct Scope { std::string_view customer, team, key, provider; };

class PriceTable {
 public:
  // `models_json` as in config/models.json; the overrides come first in every look-up, the most specific of them first.
  // `fetched`: as read_price_list() made it, or empty; where it has no price of a model, or no limit, the other's count.
  static Result<PriceTable> build(std::string_view models_json, std::span<const config::PriceOverride> overrides,
                                  std::string_view fetched = {});
  static std::string_view built_in_models();   // the JSON compiled in

  // `provider`: the type of the provider entry ("openai"); `base_url` tells OpenAI-compatible services apart
  // (api.groq.com is groq's price list). `at` picks among dated prices (Unix seconds).
  Cost cost(std::string_view provider, std::string_view base_url, std::string_view model, const llm::Usage&,
            std::int64_t at, const Scope& scope = {}) const;
  bool knows(std::string_view provider, std::string_view base_url, std::string_view model, const Scope& scope = {}) const;
  ModelLimits limits(std::string_view provider, std::string_view base_url, std::string_view model) const;
  // What a request of so many input tokens is charged by at that time; nothing: no price is known.
  std::optional<Rates> rates(std::string_view provider, std::string_view base_url, std::string_view model, std::int64_t at,
                             std::int64_t input_tokens = 0, const Scope& scope = {}) const;
  // The operator's price that counts for them; nullptr: none does.
  const config::PriceOverride* own(std::string_view model, const Scope& scope) const;
  // Whether this fetched list may take the place of what is in force, the operator's overrides apart. Refused: it has less
  // than half of the models known of its providers, or a price more than twenty times or less than a twentieth of what it was.
  Result<> may_be_followed_by(std::string_view fetched, std::int64_t at) const;
  std::string_view version() const;            // of the data and the overrides: written with every spend row

  PriceTable(PriceTable&&) noexcept;
  PriceTable& operator=(PriceTable&&) noexcept;
  ~PriceTable();

 private:
  struct Self;
  explicit PriceTable(std::unique_ptr<Self>);
  std::unique_ptr<Self> x_self;
};

}  // namespace sluice::pricing
