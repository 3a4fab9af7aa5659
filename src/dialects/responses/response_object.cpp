#include "dialects/responses/response_object.hpp"

#include "dialects/responses/write_settings.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) out += "null";
  else json::append_quoted(out, text);
}
void append_integer_or_null(std::string& out, const std::optional<std::int64_t>& value) {
  if (value) json::append_integer(out, *value);
  else out += "null";
}
void append_number_or(std::string& out, const std::optional<double>& value, std::string_view usual) {
  if (value) append_number(out, *value);
  else out += usual;
}

std::string_view instructions_of(const llm::ChatRequest& request) {
  if (!request.instructions_apart || request.messages.empty() || request.messages.front().parts.empty()) return {};
  const auto* const text = std::get_if<llm::Text>(&request.messages.front().parts.front());
  return text != nullptr ? std::string_view(text->text) : std::string_view();
}

std::string_view other(const llm::ChatRequest& request, std::string_view name, std::string_view usual) {
  for (const auto& [key, value] : request.others) {
    if (key == name) return value;
  }
  return usual;
}

void append_reasoning(std::string& out, const llm::ChatRequest& request) {
  out += "{\"effort\":";
  append_text_or_null(out, request.reasoning_effort);
  out += ",\"summary\":";
  append_text_or_null(out, request.thinking_detail);
  out += '}';
}

void append_tools(std::string& out, const llm::ChatRequest& request) {
  out += '[';
  for (const llm::Tool& tool : request.tools) append_tool(out, tool, Unsaid::as_is);
  for (const llm::ServerTool& tool : request.server_tools) {
    if (tool.origin != llm::Dialect::responses) continue;
    begin_element(out);
    out += tool.raw;
  }
  out += ']';
}

void append_usage(std::string& out, const llm::Usage& usage) {
  const auto member = [&out](std::string_view name, std::int64_t value) {
    out += name;
    json::append_integer(out, value);
  };
  member("{\"input_tokens\":", usage.input);
  member(",\"input_tokens_details\":{\"cached_tokens\":", usage.cache_read);
  member(",\"cache_write_tokens\":", usage.cache_write_5m + usage.cache_write_1h);   // the SDKs require it
  member("},\"output_tokens\":", usage.output);
  member(",\"output_tokens_details\":{\"reasoning_tokens\":", usage.reasoning);
  member("},\"total_tokens\":", usage.input + usage.output);
  out += '}';
}

}  // namespace

ResponseObject::ResponseObject(const llm::ChatRequest& request, std::string_view id, std::int64_t created)
    : x_model(request.model), x_service_tier(request.service_tier), x_created(created) {
  set_id(id);
  std::string& head = x_before_model;
  head += ",\"instructions\":";
  append_text_or_null(head, instructions_of(request));
  head += ",\"max_output_tokens\":";
  append_integer_or_null(head, request.max_tokens);
  head.append(",\"max_tool_calls\":").append(other(request, "max_tool_calls", "null"));

  std::string& settings = x_behind_output;
  settings.append(",\"parallel_tool_calls\":").append(request.parallel_tool_calls.value_or(true) ? "true" : "false");
  settings.append(",\"previous_response_id\":null,\"prompt_cache_key\":").append(other(request, "prompt_cache_key", "null"));
  settings += ",\"reasoning\":";
  append_reasoning(settings, request);
  settings += R"(,"safety_identifier":null,"store":false,"temperature":)";
  append_number_or(settings, request.temperature, "1.0");
  settings.append(",\"text\":{\"format\":").append(text_format(request));
  if (!request.verbosity.empty()) {
    settings += ",\"verbosity\":";
    json::append_quoted(settings, request.verbosity);
  }
  settings.append("},\"tool_choice\":").append(request.tool_choice ? tool_choice(request) : other(request, "tool_choice", "\"auto\""));
  settings += ",\"tools\":";
  append_tools(settings, request);
  settings += ",\"top_logprobs\":";
  json::append_integer(settings, request.top_logprobs.value_or(0));
  settings += ",\"top_p\":";
  append_number_or(settings, request.top_p, "1.0");
  settings.append(",\"truncation\":").append(other(request, "truncation", "\"disabled\""));

  x_end += ",\"user\":";
  append_text_or_null(x_end, request.user);
  x_end.append(",\"metadata\":").append(request.metadata.empty() ? "{}" : std::string_view(request.metadata)) += '}';
}

// Callers put it into paths and use it as a name: plain letters only.
void ResponseObject::set_id(std::string_view id) {
  if (id.starts_with("resp_")) id.remove_prefix(5);
  x_id = "resp_";
  for (const char c : id.substr(0, 200)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    x_id += plain ? c : '_';
  }
}

void ResponseObject::append(std::string& out, const ResponseState& state) const {
  out.append("{\"id\":\"").append(x_id).append(R"(","object":"response","created_at":)");
  json::append_integer(out, x_created);
  out.append(",\"status\":\"").append(state.status).append(R"(","background":false,"error":null,"incomplete_details":)");
  if (state.incomplete_reason.empty()) out += "null";
  else out.append("{\"reason\":\"").append(state.incomplete_reason).append("\"}");
  out.append(x_before_model).append(",\"model\":");
  json::append_quoted(out, x_model);
  out.append(",\"output\":[").append(state.output).append("]").append(x_behind_output);
  out += ",\"service_tier\":";
  append_text_or_null(out, x_service_tier);
  out += ",\"usage\":";
  if (state.usage == nullptr) out += "null";
  else append_usage(out, *state.usage);
  out += x_end;
}

}  // namespace sluice::dialects::responses
