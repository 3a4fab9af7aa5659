// docs/providers.md tells what config/presets.json says.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sluice/presets/presets.hpp"
#include "support/places.hpp"

namespace sluice::presets {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

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

TEST(ProvidersPage, ListsThePresets) {
  const std::string path = test::source_root() / "docs/providers.md";
  std::string text = contents(path);
  const std::size_t begin = text.find("-->\n", text.find("<!-- presets:")) + 4;
  const std::size_t end = text.find("<!-- /presets -->");
  ASSERT_LE(begin, end);
  const bool fresh = text.substr(begin, end - begin) == table();
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr) {
    text.replace(begin, end - begin, table());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_TRUE(fresh) << "the table of docs/providers.md is not what config/presets.json says: refresh it with SLUICE_UPDATE_DOCS=1 build/dev/tests/unit_presets";
}

}  // namespace
}  // namespace sluice::presets
