#include "dialects/all.hpp"

namespace sluice::dialects::ollama {

const Wire& wire() { return openai::wire(); }

}  // namespace sluice::dialects::ollama
