// Writes the members of one JSON object, one after the other.
#pragma once
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {

class Members {
 public:
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    x_text += json;
  }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    json::append_quoted(x_text, value);
  }
  void number(std::string_view name, std::int64_t value) {
    begin(name);
    json::append_integer(x_text, value);
  }
  void number(std::string_view name, double value) {
    begin(name);
    std::array<char, 32> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
    x_text.append(digits.data(), written.ptr);
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  bool empty() const { return x_text.empty(); }
  std::string object() const { return "{" + x_text + "}"; }

 private:
  void begin(std::string_view name) {
    if (!x_text.empty()) x_text += ',';
    json::append_quoted(x_text, name);
    x_text += ':';
  }
  std::string x_text;
};

}  // namespace sluice::dialects::gemini
