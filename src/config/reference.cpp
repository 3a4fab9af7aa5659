#include "sluice/config/reference.hpp"

#include "config/drafts.hpp"

namespace sluice::config {
std::string reference_markdown() { return {}; }
}  // namespace sluice::config
