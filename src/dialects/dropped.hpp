// The caller's fields that could not be said, each named once, in the order they were found; the first 64 of them, as
// they go into a header.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::dialects {

class Dropped {
 public:
  void add(std::string_view name) {
    if (x_names.size() == 64) return;
    if (std::find(x_names.begin(), x_names.end(), name) == x_names.end()) x_names.emplace_back(name);
  }
  std::vector<std::string> take() { return std::move(x_names); }

 private:
  std::vector<std::string> x_names;
};

}  // namespace sluice::dialects
