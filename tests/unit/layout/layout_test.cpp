// The order in which the modules depend on each other, read from the #include lines of include/ and src/: never
// upwards, and sideways only where it is written down here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/places.hpp"

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

// Modules, lowest first, with the modules each may use besides itself.
const std::map<std::string, Names> may_use = {
    {"base", {}},
    {"json", {"base"}},
    {"net", {"base"}},
    {"http", {"base", "json", "net"}},
    {"llm", {"base", "json"}},
    {"tokens", {"base", "json"}},
    {"dialects", {"base", "json", "llm"}},
    {"presets", {"base", "json", "llm"}},
    {"providers", {"base", "json", "llm", "dialects", "presets"}},
    {"config", {"base", "json", "llm", "presets"}},
    {"credentials", {"base", "json", "net", "http"}},
    {"auth", {"base", "json", "llm"}},
    {"pricing", {"base", "json", "llm"}},
    {"routing", {"base", "json", "llm"}},
    {"store", {"base", "json", "llm"}},
    {"governance", {"base", "json", "llm", "config"}},
    {"observability", {"base", "json", "llm"}},
    {"gateway",
     {"base", "json", "net", "http", "llm", "dialects", "presets", "providers", "config", "credentials", "auth", "pricing", "routing", "store", "governance", "tokens",
      "observability"}},
    {"admin",
     {"base", "json", "net", "http", "llm", "dialects", "presets", "providers", "config", "credentials", "auth", "pricing", "routing", "store", "governance", "tokens",
      "observability", "gateway"}},
    {"app",
     {"base", "json", "net", "http", "llm", "dialects", "presets", "providers", "config", "credentials", "auth", "pricing", "routing", "store", "governance", "tokens",
      "observability", "gateway", "admin"}},
};

// Single headers that more modules may use: values and pure framing, no I/O.
const std::map<std::string, Names> open_headers = {
    {"http/head.hpp", {"dialects", "providers"}},
    {"dialects/quirks.hpp", {"presets", "config"}},
    {"store/counters.hpp", {"governance"}},
    {"store/records.hpp", {"governance"}},
    {"config/config.hpp", {"auth", "pricing", "routing", "store", "observability"}},
    {"config/cloud.hpp", {"credentials"}},
    {"providers/sigv4.hpp", {"credentials"}},
    {"config/provider_types.hpp", {"auth", "pricing", "routing", "store", "observability"}},
};

const Names may_wait = {"net", "http", "credentials", "gateway", "app"};   // modules that know Asio

struct Include { std::string file, module, header; bool quoted = false, in_public_header = false; };

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void read_includes(const fs::path& root, bool is_public, std::vector<Include>& out) {
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp")) continue;
    const fs::path inside = fs::relative(entry.path(), root);
    for (const std::string& line : lines_of(entry.path())) {
      if (line.rfind("#include ", 0) != 0 || line.size() < 12) continue;
      const bool quoted = line[9] == '"';
      const std::size_t end = line.find(quoted ? '"' : '>', 10);
      out.push_back({entry.path().string(), inside.begin()->string(), line.substr(10, end - 10), quoted, is_public});
    }
  }
}

std::vector<Include> includes() {
  const fs::path source = sluice::test::source_root();
  std::vector<Include> all;
  read_includes(source / "include" / "sluice", true, all);
  read_includes(source / "src", false, all);
  return all;
}

// "http/head.hpp" of "sluice/http/head.hpp"; the header itself if it is a private one.
std::string inside_program(const std::string& header) {
  return header.rfind("sluice/", 0) == 0 ? header.substr(7) : header;
}

// The module a header belongs to, or empty: one beside its .cpp.
std::string module_of(const std::string& header) {
  const std::string inside = inside_program(header);
  const std::string first = inside.substr(0, inside.find('/'));
  return inside.find('/') != std::string::npos && may_use.count(first) != 0 ? first : std::string();
}

bool allowed(const Include& include, const std::string& used) {
  if (used == include.module || may_use.at(include.module).count(used) != 0) return true;
  const auto open = open_headers.find(inside_program(include.header));
  return open != open_headers.end() && open->second.count(include.module) != 0;
}

TEST(Layout, EveryModuleHasItsPlaceInTheOrder) {
  const auto all = includes();
  ASSERT_GT(all.size(), 100u);
  for (const auto& include : all) EXPECT_EQ(may_use.count(include.module), 1u) << include.file;
}

TEST(Layout, ModulesUseOnlyWhatIsBelowThem) {
  for (const auto& include : includes()) {
    const std::string used = include.quoted ? module_of(include.header) : std::string();
    if (used.empty() || may_use.count(include.module) == 0) continue;
    EXPECT_TRUE(allowed(include, used)) << include.file << " includes " << include.header;
  }
}

TEST(Layout, PrivateHeadersStayInTheirModule) {
  for (const auto& include : includes()) {
    if (!include.quoted || include.header.rfind("sluice/", 0) == 0) continue;
    EXPECT_FALSE(include.in_public_header) << include.file << " includes the private " << include.header;
    const std::string used = module_of(include.header);
    EXPECT_TRUE(used.empty() || used == include.module) << include.file << " includes " << include.header;
  }
}

TEST(Layout, OnlyModulesThatWaitKnowAsio) {
  for (const auto& include : includes()) {
    if (include.header.rfind("boost/asio", 0) != 0) continue;
    EXPECT_EQ(may_wait.count(include.module), 1u) << include.file << " includes " << include.header;
  }
}

TEST(Layout, TheOrderHasNoCircle) {
  for (const auto& [module, used] : may_use) {
    for (const auto& other : used) EXPECT_EQ(may_use.at(other).count(module), 0u) << module << " and " << other;
  }
}

TEST(Layout, FilesStayReadable) {
  const fs::path source = sluice::test::source_root();
  for (const fs::path& root : {source / "include", source / "src"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp")) continue;
      EXPECT_LE(lines_of(entry.path()).size(), 500u) << entry.path();
    }
  }
}

}  // namespace
