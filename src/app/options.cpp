#include "app/options.hpp"

#include <algorithm>

namespace sluice::app {

const std::string* Options::value(std::string_view name) const {
  for (const auto& [key, text] : values) {
    if (key == name) return &text;
  }
  return nullptr;
}

Options read_options(std::span<const std::string> arguments, std::span<const std::string_view> with_value) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      options.help = true;
      continue;
    }
    if (!argument.starts_with("--")) {
      options.words.push_back(argument);
      continue;
    }
    std::size_t equals = argument.find('=');
    std::string name = argument.substr(0, equals);
    if (std::find(with_value.begin(), with_value.end(), name) == with_value.end()) {
      options.problem = "unknown option '" + name + "'";
    } else if (equals != std::string::npos) {
      options.values.emplace_back(name, argument.substr(equals + 1));
    } else if (i + 1 < arguments.size()) {
      options.values.emplace_back(name, arguments[++i]);
    } else {
      options.problem = "option '" + name + "' needs a value";
    }
  }
  return options;
}

}  // namespace sluice::app
