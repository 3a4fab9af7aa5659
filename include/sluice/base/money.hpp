// Amounts of money: int64 nano-USD.
#pragma once
#include <cstdint>
#include <string>

namespace sluice {

// Dollars with up to nine decimals and no zeros at the end: "0.000125", "500", "-0.1".
void append_usd(std::string& out, std::int64_t nano_usd);
std::string usd(std::int64_t nano_usd);

}  // namespace sluice
