// Google's own form of a schema (Schema in content.proto), written from JSON Schema. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::dialects::gemini {

// References are put in place (one that leads into itself is cut and lost). `lost`: keywords that have no place.
nlohmann::ordered_json to_openapi(const nlohmann::ordered_json& schema, std::vector<std::string>& lost);

}  // namespace sluice::dialects::gemini
