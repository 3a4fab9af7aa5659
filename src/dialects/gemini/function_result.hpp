// What a function returned, as a functionResponse part: an object, whose member "result" or "error" holds a plain text
// (docs: Function calling; FunctionResponse.response in content.proto). Lives while one is written.
#pragma once
#include <string>
#include <string_view>

#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {

class FunctionResult {
 public:
  // `id`: empty where Gemini gave the call none.
  FunctionResult(std::string_view name, std::string_view id) : x_name(name), x_id(id) {}
  void text(std::string_view text) {
    if (!x_text.empty() && !text.empty()) x_text += '\n';
    x_text += text;
  }
  void media(std::string_view part) {   // without braces
    if (!x_media.empty()) x_media += ',';
    x_media.append("{").append(part).append("}");
  }
  std::string json(bool is_error) const {
    std::string out = "{\"functionResponse\":{";
    if (!x_id.empty()) out += "\"id\":" + json::quoted(x_id) + ",";
    out += "\"name\":" + json::quoted(x_name) + ",\"response\":" + response(is_error);
    if (!x_media.empty()) out += ",\"parts\":[" + x_media + "]";
    return out + "}}";
  }

 private:
  // Text that is a JSON object stays one; that of a failure must have its "error" to be one for the model.
  std::string response(bool is_error) const {
    const bool object = json::kind_of(x_text) == json::Kind::object && !json::validate(x_text);
    if (object && (!is_error || json::find(x_text, "error"))) return x_text;
    return (is_error ? "{\"error\":" : "{\"result\":") + json::quoted(x_text) + "}";
  }
  std::string x_name, x_id, x_text, x_media;
};

}  // namespace sluice::dialects::gemini
