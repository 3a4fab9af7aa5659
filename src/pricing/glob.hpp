// The patterns of config/models.json: '*' any characters, '#' a digit, everything else itself; a leading '!' turns the
// answer round. Names and patterns are in lower case.
#pragma once
#include <string_view>

namespace sluice::pricing {

bool glob_fits(std::string_view glob, std::string_view name);
// An address pattern without scheme fits `url` (without scheme) whole or up to a ':' or '/' after it.
bool address_fits(std::string_view pattern, std::string_view url);

}  // namespace sluice::pricing
