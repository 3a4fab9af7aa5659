#include "pricing/glob.hpp"

namespace sluice::pricing {
namespace {

bool fits_one(char pattern, char c) { return pattern == '#' ? c >= '0' && c <= '9' : pattern == c; }

// Goes back to the last star only: time is at most the product of the sizes. `open`: a ':' or '/' may follow.
bool fits(std::string_view glob, std::string_view name, bool open) {
  std::size_t g = 0, n = 0, star = std::string_view::npos, resume = 0;
  for (;;) {
    const bool glob_done = g == glob.size();
    if (glob_done && (n == name.size() || (open && (name[n] == '/' || name[n] == ':')))) return true;
    if (!glob_done && glob[g] == '*') {
      star = g++;
      resume = n;
    } else if (!glob_done && n < name.size() && fits_one(glob[g], name[n])) {
      ++g, ++n;
    } else if (star != std::string_view::npos && resume < name.size()) {
      g = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
}

}  // namespace

bool glob_fits(std::string_view glob, std::string_view name) {
  if (!glob.empty() && glob.front() == '!') return !fits(glob.substr(1), name, false);
  return fits(glob, name, false);
}

bool address_fits(std::string_view pattern, std::string_view url) { return fits(pattern, url, true); }

}  // namespace sluice::pricing
