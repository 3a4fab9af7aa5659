// Loads text with a made-up environment.
#pragma once
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "sluice/config/load.hpp"

namespace sluice::config {

using Variables = std::map<std::string, std::string>;

inline Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline const Variables both_keys{{"OPENAI_API_KEY", "sk-openai"}, {"ANTHROPIC_API_KEY", "sk-anthropic"}};

inline Loaded good(std::string_view yaml, const Variables& variables = both_keys, const std::string& file = "c.yaml") {
  auto result = load(yaml, file, environment(variables));
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) {
    ADD_FAILURE() << "refused:\n" << format(*problems);
    return {};
  }
  return std::get<Loaded>(std::move(result));
}

inline std::string bad(std::string_view yaml, const Variables& variables = both_keys,
                       const std::string& file = "c.yaml") {
  const auto result = load(yaml, file, environment(variables));
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) return format(*problems);
  return "loaded";
}

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sluice::config
