#include "dialects/all.hpp"

namespace sluice::dialects::cohere {

const CallerDialect& caller() { return openai::caller(); }
const Wire& wire() { return openai::wire(); }

}  // namespace sluice::dialects::cohere
