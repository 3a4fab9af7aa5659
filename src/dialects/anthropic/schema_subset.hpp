// JSON Schemas of answers brought to what Anthropic enforces. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"

namespace sluice::dialects::anthropic {

// The schema within the subset of structured outputs (docs: Structured outputs, "JSON Schema limitations"), everything
// else of it as source text. Objects are closed; limits on numbers, strings and lists leave the schema and are told in its
// description; oneOf becomes anyOf. What was taken away is named in `dropped` below `where`, by its path
// ("response_format.schema.properties.age.minimum"); that a closed object allows less than the caller would is not.
// Nothing: it cannot be brought to that form (recursive, outside references, no JSON object, nested deeper than 64).
std::optional<std::string> to_subset(std::string_view schema, std::string_view where, Dropped& dropped);

}  // namespace sluice::dialects::anthropic
