// A part of a document that a test writes: what stands between "<!-- NAME: ... -->" and "<!-- /NAME -->" must be what the
// code says. SLUICE_UPDATE_DOCS=1 writes it anew.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "support/places.hpp"

namespace sluice::test {

// `page`: below docs/. `refresh`: the test program that writes it, for the message.
inline void expect_generated(const std::string& page, const std::string& name, const std::string& expected,
    const std::string& refresh) {
  const std::filesystem::path path = source_root() / "docs" / page;
  std::string text;
  {
    std::ifstream file(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  const std::size_t opening = text.find("<!-- " + name + ":"), closing = text.find("<!-- /" + name + " -->");
  ASSERT_NE(opening, text.npos) << "docs/" << page << " has no section " << name;
  ASSERT_NE(closing, text.npos) << "docs/" << page << " does not end its section " << name;
  const std::size_t begin = text.find("-->\n", opening) + 4;
  ASSERT_LE(begin, closing);
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr) {
    text.replace(begin, closing - begin, expected);
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_TRUE(text.compare(begin, closing - begin, expected) == 0)
      << "the section " << name << " of docs/" << page << " is not what the code says: refresh it with SLUICE_UPDATE_DOCS=1 build/dev/tests/"
      << refresh;
}

}  // namespace sluice::test
