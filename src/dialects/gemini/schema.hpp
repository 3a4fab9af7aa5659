// Schemas. Google takes them in two forms: as JSON Schema (parametersJsonSchema, responseJsonSchema), of which it enforces
// a part, and as its own Schema in the manner of OpenAPI 3.0 (parameters, responseSchema), which has no $ref but limits
// on texts. What each knows: generative_service.proto (GenerationConfig.response_json_schema: "while the full JSON
// Schema may be sent, not all features are supported", with the list of those that are) and content.proto (Schema).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::dialects::gemini {

struct EncodedSchema {
  std::string json;
  bool openapi = false;              // else JSON Schema
  std::vector<std::string> lost;     // keywords that will not be enforced
};

// In the form that loses nothing; where both lose something, in the one that `json_schema` prefers. A schema that needs
// no change goes out as its source text. Nothing: it is no JSON object.
std::optional<EncodedSchema> encode_schema(std::string_view schema, bool json_schema);

// Google's Schema as JSON Schema ("STRING" or 1 becomes "string", nullable a type "null" …); other text as it is.
std::string json_schema_of(std::string_view google_schema);

}  // namespace sluice::dialects::gemini
