// One logged request as text: a row of `sluice logs`, or a JSON object.
#pragma once
#include <string>

#include "sluice/store/records.hpp"

namespace sluice::app {

std::string log_head();                                   // the columns' names
// At most 120 columns wide; a second, indented line when something went wrong.
std::string log_line(const store::RequestRecord&);
std::string log_json(const store::RequestRecord&);        // without newline
std::string usd(std::int64_t nano_usd, int decimals);     // "1.234568", rounded half up

}  // namespace sluice::app
