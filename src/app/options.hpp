// The few options the commands share.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

struct Options {
  bool help = false;
  std::vector<std::string> words;                              // what is no option
  std::optional<std::string> problem;                          // one line: what cannot be understood
  std::vector<std::pair<std::string, std::string>> values;     // "--name" and its value
  const std::string* value(std::string_view name) const;
};

// `with_value`: the options that take a value, as "--name VALUE" or "--name=VALUE".
Options read_options(std::span<const std::string> arguments, std::span<const std::string_view> with_value);

}  // namespace sluice::app
