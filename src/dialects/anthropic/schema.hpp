// JSON Schemas: tools' parameters, and which of them Anthropic can enforce.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sluice::dialects::anthropic {

// A tool's parameters as an input_schema: as they are, given the "type" they must have; nothing: no JSON object.
// No parameters (empty or null) are an object without properties.
std::optional<std::string> input_schema(std::string_view parameters);

// True: within what structured outputs and strict tools take (docs: Structured outputs, "JSON Schema limitations"):
// every object closed with additionalProperties false, no limits on numbers, strings or list lengths, no outside
// references. With another the whole request would be refused. A schema nested deeper than 64 is none of these.
bool is_enforceable(std::string_view schema);

}  // namespace sluice::dialects::anthropic
