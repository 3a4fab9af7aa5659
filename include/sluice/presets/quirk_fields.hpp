// The members of dialects::Quirks by name, as config/presets.json and the configuration's `quirks:` write them, and
// some of them put over others. Plain data; no I/O.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sluice/dialects/quirks.hpp"

namespace sluice::presets {

using Words = std::vector<std::string>;
using Renames = std::vector<std::pair<std::string, std::string>>;
using QuirkValue = std::variant<bool, std::int64_t, std::string, Words, Renames>;
using QuirkMember = std::variant<bool dialects::Quirks::*, std::int64_t dialects::Quirks::*, std::string dialects::Quirks::*,
                                 Words dialects::Quirks::*, Renames dialects::Quirks::*>;

struct QuirkField {
  std::string_view name;
  QuirkMember member;
  std::string_view text;                     // what it means, for people
  std::span<const std::string_view> words;   // of a text member: what it may be besides "none"; empty: any name
};

// Every member of Quirks, in the order of the struct.
std::span<const QuirkField> quirk_fields();

// One member set to a value, whose alternative is the member's. A text of "none" is kept as the empty text it stands for.
struct QuirkSetting {
  const QuirkField* field = nullptr;         // of quirk_fields()
  QuirkValue value;
};
void apply(const std::vector<QuirkSetting>&, dialects::Quirks&);

// What differs of a provider's models: for all of them, and for those of a pattern, of which the first that fits counts.
// A setting replaces what stood there, lists as well.
struct QuirkRules {
  struct ForModels { std::string pattern; std::vector<QuirkSetting> settings; };
  std::vector<QuirkSetting> all;
  std::vector<ForModels> models;
  bool empty() const { return all.empty() && models.empty(); }
};

// The quirks of each model: of the service, under those of the operator. Immutable.
class QuirkTable {
 public:
  QuirkTable(const QuirkRules& service, const QuirkRules& operators);
  // The reference is good as long as the table.
  const dialects::Quirks& of(std::string_view model) const;

 private:
  std::vector<std::string> x_service, x_operators;   // patterns
  std::vector<dialects::Quirks> x_quirks;            // a row for each of the service's patterns and one for none of them
};

}  // namespace sluice::presets
