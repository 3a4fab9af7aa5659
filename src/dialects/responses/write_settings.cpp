#include "dialects/responses/write_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

// A grammar is an object of its own in chat completions, and spread out here.
void append_custom_format(std::string& out, std::string_view format) {
  const auto grammar = json::find(format, "grammar");
  if (!grammar) {
    out += format;
    return;
  }
  out += R"({"type":"grammar")";
  json::each_member(*grammar, [&out](std::string_view key, std::string_view value) {
    out.append(",\"").append(key).append("\":").append(value);
  });
  out += '}';
}

bool is_custom(const llm::ChatRequest& request, std::string_view name) {
  return std::any_of(request.tools.begin(), request.tools.end(), [&](const llm::Tool& t) { return t.custom && t.name == name; });
}

void append_named(std::string& out, const llm::ChatRequest& request, std::string_view name) {
  out.append(R"({"type":")").append(is_custom(request, name) ? "custom" : "function").append(R"(","name":)");
  json::append_quoted(out, name);
  out += '}';
}

}  // namespace

void begin_member(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != '{') out += ',';
  json::append_quoted(out, name);   // it may be a caller's own
  out += ':';
}
void begin_element(std::string& out) {
  if (!out.empty() && out.back() != '[') out += ',';
}
void append_text_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  json::append_quoted(out, text);
}
void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
  out.append(digits.data(), written.ptr);
}

void append_tool(std::string& list, const llm::Tool& tool, Unsaid strict) {
  begin_element(list);
  list += tool.custom ? R"({"type":"custom","name":)" : R"({"type":"function","name":)";
  json::append_quoted(list, tool.name);
  if (!tool.description.empty()) {
    list += ",\"description\":";
    json::append_quoted(list, tool.description);
  }
  if (tool.custom) {
    if (!tool.parameters.empty()) {
      list += ",\"format\":";
      append_custom_format(list, tool.parameters);
    }
  } else {
    list.append(",\"parameters\":").append(tool.parameters.empty() ? R"({"type":"object","properties":{}})" : std::string_view(tool.parameters));
    if (tool.strict || strict == Unsaid::loose) list += tool.strict.value_or(false) ? ",\"strict\":true" : ",\"strict\":false";
  }
  list += '}';
}

std::string tool_choice(const llm::ChatRequest& request) {
  using Kind = llm::ToolChoice::Kind;
  if (!request.tool_choice) return "\"auto\"";
  const llm::ToolChoice& choice = *request.tool_choice;
  std::string out;
  if (choice.kind == Kind::named) {
    append_named(out, request, choice.name);
  } else if (!choice.allowed.empty() && choice.kind != Kind::none) {
    out.append(R"({"type":"allowed_tools","mode":")").append(choice.kind == Kind::required ? "required" : "auto").append(R"(","tools":[)");
    for (const std::string& name : choice.allowed) {
      begin_element(out);
      append_named(out, request, name);
    }
    out += "]}";
  } else {
    out = choice.kind == Kind::none ? "\"none\"" : choice.kind == Kind::required ? "\"required\"" : "\"auto\"";
  }
  return out;
}

std::string text_format(const llm::ChatRequest& request) {
  using Kind = llm::ResponseFormat::Kind;
  if (!request.response_format || request.response_format->kind == Kind::text) return R"({"type":"text"})";
  const llm::ResponseFormat& format = *request.response_format;
  if (format.kind == Kind::json_object) return R"({"type":"json_object"})";
  std::string out = R"({"type":"json_schema","name":)";
  json::append_quoted(out, format.name.empty() ? std::string_view("response") : std::string_view(format.name));
  if (!format.description.empty()) {
    out += ",\"description\":";
    json::append_quoted(out, format.description);
  }
  out.append(",\"schema\":").append(format.schema.empty() ? "{}" : std::string_view(format.schema));
  if (format.strict) out += *format.strict ? ",\"strict\":true" : ",\"strict\":false";
  out += '}';
  return out;
}

}  // namespace sluice::dialects::responses
