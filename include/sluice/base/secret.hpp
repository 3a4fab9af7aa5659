// A string that must not be shown: it has no stream or format operator, and its bytes are wiped when it dies.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : x_value(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret();

  std::string_view reveal() const { return x_value; }   // at the edge only: a header being written, a hash being taken
  bool empty() const { return x_value.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string x_value;
};

}  // namespace sluice
