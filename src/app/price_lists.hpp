// The price list that was fetched last: read, checked, kept in a file beside the store for the next start.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "sluice/base/result.hpp"
#include "sluice/pricing/price_table.hpp"

namespace sluice::app {

using PriceList = std::shared_ptr<const std::string>;   // as pricing::read_price_list() made it

// A text as it was fetched, where it may follow what is in force.
Result<PriceList> admit_price_list(const std::string& fetched, const pricing::PriceTable& in_force, std::int64_t now);

// Replaces the file whole.
Result<> keep_price_list(const std::filesystem::path& file, const std::string& list);
// nullptr: none is kept. `kept_at`: when it was, Unix seconds.
Result<PriceList> kept_price_list(const std::filesystem::path& file, std::int64_t& kept_at);

}  // namespace sluice::app
