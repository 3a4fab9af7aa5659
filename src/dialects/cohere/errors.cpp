#include "dialects/cohere/errors.hpp"

#include <array>
#include <utility>

#include "dialects/object_writer.hpp"
#include "dialects/openai/errors.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::cohere {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

// Cohere's error types have no list; these were seen. `name` is what callers of any dialect look for.
struct Kind { std::string_view type, name, param; int status; bool try_next; };
constexpr std::array<Kind, 3> kinds{{
    {"TOO_MANY_TOKENS", "context_length_exceeded", "messages", 400, false},
    // The model wrote a call that is none: another try, or another model, may do better.
    {"INVALID_TOOL_GENERATION", "invalid_tool_generation", "", 502, true},
    {"TIMEOUT", "upstream_timeout", "", 504, true},
}};

const Kind* kind_of(std::string_view type) {
  for (const Kind& kind : kinds) {
    if (kind.type == type) return &kind;
  }
  return nullptr;
}

void name(Failure& failure, std::string_view type) {
  if (const Kind* const kind = kind_of(type)) {
    std::move(failure.error).named(std::string(kind->name)).about(std::string(kind->param));
    failure.try_next = failure.try_next || kind->try_next;
  } else if (failure.status == 404 && failure.error.message().starts_with("model ")) {
    std::move(failure.error).named("model_not_found").about("model");
  }
}

std::string cut(std::string text) {
  constexpr std::size_t longest = 4096;
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

Failure make_failure(std::string message, std::string_view type, int status) {
  const Kind* const kind = kind_of(type);
  if (kind != nullptr) status = kind->status;
  const Code code = status == 400 ? Code::bad_request : status == 504 ? Code::upstream_timeout : Code::upstream_failed;
  if (message.empty()) message = "The provider reported an error and ended its answer.";
  Failure failure{Error(code, cut(std::move(message))), status, status >= 500, false};
  name(failure, type);
  return failure;
}

Failure no_answer() {
  return {Error(Code::upstream_failed, "The provider answered with something that is no answer of its API."), 502, true, false};
}

// {"message":"…"} under HTTP 200: an error in the form that answers with a status have.
Failure stated(const http::Fields& headers, std::string_view body) {
  if (const auto message = json::find(body, "message"); message && json::kind_of(*message) == json::Kind::string) {
    return read_failure(502, headers, body);
  }
  return no_answer();
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  Failure failure = openai::read_failure(status, headers, body);   // reads this form among others
  const auto type = json::find(body, "error_type");
  name(failure, type ? text_of(*type) : std::string());
  return failure;
}

bool is_failure(std::string_view raw) { return raw == "\"ERROR\"" || raw == "\"TIMEOUT\""; }

Failure failure_in_event(std::string_view raw) {
  std::string message, type;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "error" || (key == "message" && message.empty())) message = text_of(value);
    else if (key == "error_type") type = text_of(value);
    else if (key == "finish_reason" && value == "\"TIMEOUT\"" && type.empty()) type = "TIMEOUT";
  });
  return make_failure(std::move(message), type, 502);
}

std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) {
  const std::string_view wanted = operation == llm::Operation::embeddings ? "embeddings"
                                  : operation == llm::Operation::rerank   ? "results"
                                                                          : "message";
  bool found = false, broke = false, decided = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "finish_reason") broke = is_failure(value), decided = true;
    else if (key == wanted) found = value.starts_with('{') || value.starts_with('[');
    return !(found && (decided || operation != llm::Operation::chat));
  });
  if (broke) return failure_in_event(body);
  if (found) return std::nullopt;
  return stated(headers, body);
}

std::string write_error(const Error& error) {
  ObjectWriter out;
  out.text("message", error.message());
  for (const Kind& kind : kinds) {
    if (kind.name == error.name()) out.text("error_type", kind.type);
  }
  return out.take();
}

std::string write_error_event(const Error& error) {
  ObjectWriter delta;
  delta.text("finish_reason", error.code() == Code::upstream_timeout ? "TIMEOUT" : "ERROR");
  delta.raw("usage", "{}");
  delta.text("error", error.message());
  for (const Kind& kind : kinds) {
    if (kind.name == error.name()) delta.text("error_type", kind.type);
  }
  return "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":" + delta.take() + "}\n\n";
}

}  // namespace sluice::dialects::cohere
