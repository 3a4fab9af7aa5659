#include "dialects/bedrock/read_chat.hpp"

#include <limits>
#include <string>
#include <utility>

#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

class Request {
 public:
  explicit Request(llm::ChatRequest& request) : x_request(request) {}

  Result<> read(std::string_view raw, const Path& top) {
    x_reading.members(raw, top, [&](std::string_view key, std::string_view value) { member(key, value, top / key); });
    if (!x_reading.failed()) finish(top);
    if (x_reading.failed()) return x_reading.take_fault();
    x_request.others = std::move(x_reading.others);
    return {};
  }

 private:
  void member(std::string_view key, std::string_view value, const Path& path) {
    if (key == "messages") {
      read_messages(x_reading, value, path, x_messages);
    } else if (key == "system") {
      read_system(x_reading, value, path, x_request.messages);
    } else if (key == "inferenceConfig") {
      inference(value, path);
    } else if (key == "toolConfig") {
      read_tool_config(x_reading, value, path, x_request);
    } else if (key == "additionalModelRequestFields") {
      read_additional_fields(x_reading, value, path, x_request);
    } else if (key == "outputConfig") {
      output(value, path);
    } else if (key == "requestMetadata") {
      if (x_reading.object(value, path)) x_request.metadata = value;
    } else if (key == "serviceTier") {
      x_reading.members(value, path, [&](std::string_view name, std::string_view raw) {
        if (name == "type") x_reading.text(raw, path / name, x_request.service_tier);
      });
    } else if (key != "modelId") {
      x_reading.keep_other(path, value);
    }
  }

  void inference(std::string_view raw, const Path& path) {
    x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      const Path here = path / key;
      if (key == "maxTokens") x_reading.integer(value, here, 1, any, x_request.max_tokens);
      else if (key == "temperature") x_reading.number(value, here, 0, 1, x_request.temperature);
      else if (key == "topP") x_reading.number(value, here, 0, 1, x_request.top_p);
      else if (key == "stopSequences") stops(value, here);
      else x_reading.keep_other(here, value);
    });
  }

  void stops(std::string_view raw, const Path& path) {
    x_request.stop.clear();
    x_reading.elements(raw, path, [&](std::int64_t i, std::string_view value) {
      x_reading.text(value, path[i], x_request.stop.emplace_back());
      if (x_request.stop.back().empty()) x_reading.refuse(path[i], "A stop sequence must not be empty.");
    });
  }

  void output(std::string_view raw, const Path& path) {
    x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "effort") x_reading.text(value, path / key, x_request.reasoning_effort);
      else if (key == "textFormat") text_format(value, path / key);
      else x_reading.keep_other(path / key, value);
    });
  }

  void text_format(std::string_view raw, const Path& path) {
    const Path structure = path / "structure", inside = structure / "jsonSchema";
    std::string_view schema;
    if (!x_reading.object(raw, path)) return;
    if (const auto found = json::find(raw, "structure")) schema = json::find(*found, "jsonSchema").value_or("");
    if (schema.empty()) {
      x_reading.missing(inside);
      return;
    }
    llm::ResponseFormat format;
    format.kind = llm::ResponseFormat::Kind::json_schema;
    format.strict = true;
    x_reading.members(schema, inside, [&](std::string_view key, std::string_view value) {
      const Path here = inside / key;
      if (key == "schema") x_reading.text(value, here, format.schema);
      else if (key == "name") x_reading.text(value, here, format.name);
      else if (key == "description") x_reading.text(value, here, format.description);
      else x_reading.keep_other(here, value);
    });
    if (x_reading.failed()) return;
    if (json::kind_of(format.schema) != json::Kind::object || json::validate(format.schema)) {
      x_reading.refuse(inside / "schema", "The schema is not the text of a JSON object.");
      return;
    }
    if (format.name.empty()) format.name = "answer";   // which other dialects want
    x_request.response_format = std::move(format);
  }

  void finish(const Path& top) {
    if (x_messages.empty()) {
      x_reading.refuse(top / "messages", "The request must have at least one message.", "missing_required_parameter");
      return;
    }
    for (auto& message : x_messages) x_request.messages.push_back(std::move(message));
  }

  llm::ChatRequest& x_request;
  Reading x_reading;
  std::vector<llm::Message> x_messages;   // behind the system prompt, wherever that stands
};

Error not_json(const json::Fault& fault) {
  return Error(Code::bad_request, "The body of the request is not valid JSON: " + std::string(fault.reason) + " at byte " +
                                      std::to_string(fault.at) + ".");
}

Result<llm::ChatRequest> read(std::string_view raw, const Path& top) {
  llm::ChatRequest request;
  request.caller = llm::Dialect::bedrock;
  request.include_usage = true;   // a Converse stream always ends with it
  Request reader(request);
  if (auto done = reader.read(raw, top); !done) return std::move(done).error();
  return request;
}

}  // namespace

Result<llm::ChatRequest> read_chat(std::string_view body) {
  if (const auto fault = json::validate(body)) return not_json(*fault);
  return read(body, Path{});
}

Result<llm::ChatRequest> read_count_tokens(std::string_view body) {
  if (const auto fault = json::validate(body)) return not_json(*fault);
  const Path top{nullptr, "input"}, inside = top / "converse";
  const auto input = json::find(body, "input");
  if (!input) return Error(Code::bad_request, "The request has no 'input'.").about("input");
  if (const auto converse = json::find(*input, "converse")) return read(*converse, inside);
  return Error(Code::bad_request, "Tokens are counted of 'input.converse' only, for a model that is not asked in its own words.").about(inside.text());
}

}  // namespace sluice::dialects::bedrock
