// Whatever the text, loading it ends, within seconds, in a configuration or in problems that have a place in the file.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sluice/config/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::config;
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name.size() % 2 == 0) return std::nullopt;
    return "value of " + name;
  };
  const auto began = std::chrono::steady_clock::now();
  const auto result = load(yaml, "f.yaml", environment);
  if (std::chrono::steady_clock::now() - began > std::chrono::seconds(5)) std::abort();
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) {
    if (problems->empty()) std::abort();
    for (const auto& problem : *problems)
      if (problem.line < 1 || problem.column < 1 || problem.message.empty()) std::abort();
  } else {
    for (const auto& account : std::get<Loaded>(result).config.accounts)
      if (account.targets.empty() || account.id.empty()) std::abort();
  }
  return 0;
}
