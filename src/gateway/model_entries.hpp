// The models a key may ask for, with what is known of each. No I/O.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exchange.hpp"
#include "sluice/gateway/model_lists.hpp"
#include "sluice/pricing/rates.hpp"

namespace sluice::gateway {

struct ModelEntry {
  std::string id, display_name;          // as callers ask for it; display_name may be empty
  std::string owner;                     // the type of provider that serves it
  std::int64_t created = 0;              // Unix seconds
  std::int64_t context = 0, max_output = 0;   // tokens; 0: not known
  std::optional<pricing::Rates> rates;   // nothing: no price is known
};

// Sorted by id, each once: pinned models, listed names, and of what the providers list themselves those that the targets'
// patterns admit. `lists`: theirs.
std::vector<ModelEntry> model_entries(const Exchange& ex, const ModelLists& lists);

// One of them, or any other name that the account would serve and the key may use.
Result<ModelEntry> model_entry(const Exchange& ex, const ModelLists& lists, std::string_view id);

}  // namespace sluice::gateway
