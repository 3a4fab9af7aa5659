// Makes a JSON value that fits a JSON Schema, always the same for the same schema. Bounded whatever the schema holds.
#pragma once
#include <string>
#include <string_view>

namespace sluice::providers::simulated {

// `text` is put into free strings. A schema that is no JSON object gives "{}". `pattern` is not honoured.
std::string sample_json(std::string_view schema, std::string_view text);

}  // namespace sluice::providers::simulated
