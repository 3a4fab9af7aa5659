#include "dialects/gemini/read_chat.hpp"

#include "dialects/gemini/caller.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

class Request {
 public:
  explicit Request(llm::ChatRequest& request) : x_request(request) {}

  Result<> read(std::string_view body, bool counting) {
    x_counting = counting;
    each_named(x_reading, body, Path{}, [&](std::string_view name, std::string_view value) { member(name, value, Path{nullptr, name}); });
    if (!x_reading.failed()) finish();
    if (x_reading.failed()) return x_reading.take_fault();
    x_request.others = std::move(x_reading.others);
    return {};
  }

 private:
  void member(std::string_view name, std::string_view value, const Path& path) {
    if (name == "contents") {
      x_has_contents = true;
      read_contents(x_reading, value, path, x_request.messages);
    } else if (name == "systemInstruction") {
      read_system(x_reading, value, path, x_system);
    } else if (name == "tools") {
      read_tools(x_reading, value, path, x_request);
    } else if (name == "toolConfig") {
      read_tool_config(x_reading, value, path, x_request);
    } else if (name == "generationConfig") {
      read_settings(x_reading, value, path, x_request);
    } else if (name == "model") {
      x_reading.text(value, path, x_request.model);
    } else if (name == "serviceTier") {
      x_reading.text(value, path, x_request.service_tier);
    } else if (name == "generateContentRequest" && x_counting) {
      each_named(x_reading, value, path, [&](std::string_view inner, std::string_view raw) { member(inner, raw, Path{nullptr, inner}); });
    } else {
      x_reading.keep_other(path, value);   // safetySettings, cachedContent, labels …
    }
  }

  void finish() {
    if (!x_has_contents) {
      x_reading.refuse(Path{nullptr, "contents"}, "* GenerateContentRequest.contents: contents is not specified", "missing_required_parameter");
    }
    x_request.messages.insert(x_request.messages.begin(), std::make_move_iterator(x_system.begin()), std::make_move_iterator(x_system.end()));
  }

  llm::ChatRequest& x_request;
  Reading x_reading;
  std::vector<llm::Message> x_system;
  bool x_has_contents = false, x_counting = false;
};

Result<llm::ChatRequest> read(std::string_view body, bool counting) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "Invalid JSON payload received: " + std::string(fault->reason) + " at byte " + std::to_string(fault->at) + ".");
  }
  llm::ChatRequest request;
  request.caller = llm::Dialect::gemini;
  Request reader(request);
  if (auto done = reader.read(body, counting); !done) return std::move(done).error();
  return request;
}

}  // namespace

Result<llm::ChatRequest> read_chat(std::string_view body) { return read(body, false); }
Result<llm::ChatRequest> read_count_tokens(std::string_view body) { return read(body, true); }

}  // namespace sluice::dialects::gemini
