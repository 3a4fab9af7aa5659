// docs/configuration.md is what the loader's tables say, and config/full.yaml has every key of them.
#include "sluice/config/reference.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "config/drafts.hpp"
#include "support/places.hpp"
#include "unit/config/loading.hpp"

namespace sluice::config {
namespace {

TEST(Reference, TheDocumentIsWhatTheTablesSay) {
  const std::string path = test::source_root() / "docs/configuration.md";
  if (std::getenv("SLUICE_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << reference_markdown();
  EXPECT_TRUE(contents(path) == reference_markdown()) << "docs/configuration.md is not what the loader reads: refresh "
                                                         "it with SLUICE_WRITE_DOCS=1 build/dev/tests/unit_config";
}

TEST(Reference, TheFullFileHasEveryKey) {
  const std::string full = contents(test::source_root() / "config/full.yaml");
  for (const auto& section : root_sections())
    for (const auto& key : section.keys) {
      // In the file as the other of two forms, of which only one may be given.
      if (key.name == "url" || key.name == "budget" || key.name == "rate_limit") continue;
      const std::string name(key.name);
      const bool found = full.find(" " + name + ":") != std::string::npos || full.starts_with(name + ":") ||
                         full.find("\n" + name + ":") != std::string::npos;
      EXPECT_TRUE(found) << section.path << " " << name;
    }
}

TEST(Reference, EveryKeyIsExplained) {
  for (const auto& section : root_sections())
    for (const auto& key : section.keys) {
      EXPECT_FALSE(key.text.empty()) << section.path << " " << key.name;
      EXPECT_FALSE(key.type.empty()) << section.path << " " << key.name;
      EXPECT_NE(key.required, !key.fallback.empty()) << section.path << " " << key.name;
    }
}

}  // namespace
}  // namespace sluice::config
