// docs/providers.md tells what config/presets.json says.
#include <gtest/gtest.h>

#include "sluice/presets/presets.hpp"
#include "support/generated_section.hpp"

namespace sluice::presets {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const auto word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + std::string(text) + "`"; }

// A row's address: the public one, or how one's own looks; and the variable that changes it.
std::string address(const Preset& preset) {
  std::string out = preset.base_url.empty() ? "`base_url: " + preset.base_url_form + "`" : code(preset.base_url);
  if (!preset.base_url_env.empty()) out += " or " + code(preset.base_url_env);
  return out;
}

std::string table() {
  std::string out = "\n| type | service | address | key | offers | to know |\n|---|---|---|---|---|---|\n";
  for (const Preset& preset : all()) {
    out += "| " + code(preset.name) + " | " + preset.title + " | " + address(preset) + " | " + code(preset.api_key_env) + " | " +
           joined(preset.operations.names()) + " | " + preset.note + " |\n";
  }
  return out;
}

TEST(ProvidersPage, ListsThePresets) { test::expect_generated("providers.md", "presets", table(), "unit_presets"); }

}  // namespace
}  // namespace sluice::presets
