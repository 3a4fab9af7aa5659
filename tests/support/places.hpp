// Where the tests' data lies. Known to one file only: a path compiled into every test would keep a second clone from
// using what the compiler cache has of the first.
#pragma once
#include <filesystem>

namespace sluice::test {

std::filesystem::path source_root();   // of the repository
std::filesystem::path traffic();       // tests/traffic

}  // namespace sluice::test
