// Writes one JSON object by appending its members. Names need no escapes.
#pragma once
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/json/write.hpp"

namespace sluice::dialects {

// The shortest digits that read back as the same number; what is no number is 0.
inline void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
  out.append(digits.data(), written.ptr);
}

class ObjectWriter {
 public:
  void raw(std::string_view name, std::string_view json) { begin(name).append(json); }
  void text(std::string_view name, std::string_view value) { json::append_quoted(begin(name), value); }
  void integer(std::string_view name, std::int64_t value) { json::append_integer(begin(name), value); }
  void number(std::string_view name, double value) { append_number(begin(name), value); }
  void boolean(std::string_view name, bool value) { begin(name) += value ? "true" : "false"; }
  bool empty() const { return x_text.empty(); }
  std::string take() { return x_text.empty() ? std::string("{}") : std::move(x_text) + "}"; }

 private:
  std::string& begin(std::string_view name) {
    x_text += x_text.empty() ? "{\"" : ",\"";
    return x_text.append(name).append("\":");
  }
  std::string x_text;
};

// A comma between the elements of a list that is being written.
inline std::string& next_element(std::string& list) {
  if (!list.empty()) list += ',';
  return list;
}

}  // namespace sluice::dialects
