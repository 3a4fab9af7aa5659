// The paths that docs/providers.md promises are those that are known.
#include "gateway/endpoints.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/places.hpp"

namespace sluice::gateway {
namespace {

// Texts in backquotes.
std::vector<std::string> quoted_in(const std::string& cell) {
  std::vector<std::string> found;
  for (std::size_t at = cell.find('`'); at != cell.npos; at = cell.find('`', at)) {
    const std::size_t end = cell.find('`', at + 1);
    found.push_back(cell.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return found;
}

// "{id}" is something.
std::string filled(std::string path) {
  for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{')) path.replace(at, path.find('}') - at + 1, "some");
  return path;
}

http::Verb verb_of(const std::string& name) {
  return name == "POST" ? http::Verb::post : name == "DELETE" ? http::Verb::delete_ : http::Verb::get;
}

TEST(Endpoints, AreAllThatThePagePromises) {
  std::ifstream page(test::source_root() / "docs/providers.md");
  std::string line;
  bool there = false;
  std::size_t checked = 0;
  while (std::getline(page, line)) {
    if (line.starts_with("| base URL |")) there = true;
    if (!there || !line.starts_with("| ")) continue;
    const std::size_t second = line.find('|', 1), third = line.find('|', second + 1);
    std::vector<std::string> bases = quoted_in(line.substr(1, second - 1));
    if (bases.empty()) bases.emplace_back();
    for (const std::string& base : bases) {
      for (const std::string& path : quoted_in(line.substr(second, third - second))) {
        const std::size_t space = path.find(' ');
        const std::string whole = filled(base + path.substr(space + 1));
        const Endpoint endpoint = find_endpoint(verb_of(path.substr(0, space)), whole);
        EXPECT_NE(endpoint.kind, Endpoint::Kind::unknown) << path.substr(0, space) << " " << whole;
        EXPECT_NE(endpoint.kind, Endpoint::Kind::wrong_method) << path.substr(0, space) << " " << whole;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 60u);
}

}  // namespace
}  // namespace sluice::gateway
