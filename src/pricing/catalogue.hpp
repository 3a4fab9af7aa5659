// config/models.json compiled for look-ups: price lists (one a provider), their models with names and rules, and each
// model's rates over time. Immutable once built; small: everything is an index into flat vectors.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/pricing/rates.hpp"

namespace sluice::pricing {

class Catalogue {
 public:
  static Result<Catalogue> parse(std::string_view json);

  static constexpr std::uint32_t none = 0xFFFFFFFF;
  // The model of this name on the provider's price list; none: no such list or name..
  std::uint32_t find(std::string_view provider_type, std::string_view base_url, std::string_view model) const;
  // The id of the provider's price list; empty: there is none.
  std::string_view list_id(std::string_view provider_type, std::string_view base_url) const;
  // The model of this name on the list of that id, or on those it falls back to.
  std::uint32_t find_on(std::string_view list_id, std::string_view model) const;
  // Refused: `next` has less than half of the models known here of its providers, or a price far from what it was.
  Result<> may_be_followed_by(const Catalogue& next, std::int64_t at) const;
  // The rates of a request with so many input tokens; nullptr: no price is known for it.
  const Rates* rates(std::uint32_t model, std::int64_t at, std::int64_t input_tokens) const;
  std::int64_t context(std::uint32_t model) const { return x_models[model].context; }
  std::int64_t max_output(std::uint32_t model) const { return x_models[model].max_output; }
  bool priced(std::uint32_t model) const { return x_models[model].last_period > x_models[model].first_period; }
  const std::string& version() const { return x_version; }

 private:
  friend class CatalogueReader;

  struct Model { std::uint32_t first_period, last_period, context, max_output; };
  // Rates that count from a date on, or at a time of day (end before begin: over midnight).
  struct Period {
    std::int64_t from = INT64_MIN;
    std::int32_t daily_begin = -1, daily_end = -1;   // seconds of the day, UTC; -1: all day
    std::uint32_t first_tier = 0, last_tier = 0;     // the first tier counts from the first token
  };
  struct Tier { std::int64_t above = -1; Rates rates; };   // cliffs: past `above` input tokens all are charged by it
  struct Text { std::uint32_t offset, size; };
  struct Name { Text text; std::uint32_t model; };
  struct Rule { std::uint32_t first_glob, last_glob, model; };
  struct List {
    std::string id;
    std::vector<std::string> types, addresses;
    std::vector<std::string> fallback;               // ids of lists to ask next
    std::uint32_t first_name, last_name, first_rule, last_rule;
  };

  std::string_view text(Text t) const { return std::string_view(x_text).substr(t.offset, t.size); }
  const List* list_of(std::string_view provider_type, std::string_view base_url) const;
  std::uint32_t find_in(const List&, std::string_view name) const;
  std::uint32_t find_from(const List&, std::string_view model) const;
  const List* list(std::string_view id) const;
  std::size_t priced_models(const List&) const;
  static bool holds(const Period&, std::int64_t at);

  std::string x_version, x_text;
  std::vector<List> x_lists;
  std::vector<Model> x_models;
  std::vector<Period> x_periods;
  std::vector<Tier> x_tiers;
  std::vector<Name> x_names;                         // of each list sorted by text
  std::vector<Rule> x_rules;
  std::vector<Text> x_globs;
};

}  // namespace sluice::pricing
