#include "support/places.hpp"

namespace sluice::test {

std::filesystem::path source_root() { return SLUICE_SOURCE; }
std::filesystem::path traffic() { return source_root() / "tests/traffic"; }

}  // namespace sluice::test
