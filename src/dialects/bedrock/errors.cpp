#include "dialects/bedrock/errors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "dialects/retry_after.hpp"
#include "sluice/base/text.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

constexpr std::size_t longest_message = 4096;

// What an error means, by its kind. name: ours, where the code's usual one is too wide; empty: that one.
struct Meaning {
  std::string_view kind;
  int status;
  Code code;
  std::string_view name;
  bool try_next, key_at_fault;
};

// docs.aws.amazon.com/bedrock/latest/APIReference: Converse, "Errors", and "Common Errors" (those of signatures and
// credentials, all 403). Each stands without the word "Exception", in lower case.
constexpr std::array<Meaning, 25> meanings{{
    {"validation", 400, Code::bad_request, "", false, false},
    {"validationerror", 400, Code::bad_request, "", false, false},
    {"serialization", 400, Code::bad_request, "", false, false},
    {"accessdenied", 403, Code::forbidden, "", false, true},
    {"notauthorized", 403, Code::forbidden, "", false, true},
    {"optinrequired", 403, Code::forbidden, "", false, true},
    {"unrecognizedclient", 403, Code::unauthorized, "", false, true},
    {"invalidsignature", 403, Code::unauthorized, "", false, true},
    {"invalidclienttokenid", 403, Code::unauthorized, "", false, true},
    {"incompletesignature", 403, Code::unauthorized, "", false, true},
    {"missingauthenticationtoken", 403, Code::unauthorized, "", false, true},
    {"expiredtoken", 403, Code::unauthorized, "", false, true},
    {"requestexpired", 403, Code::unauthorized, "", false, true},
    {"signaturedoesnotmatch", 403, Code::unauthorized, "", false, true},
    {"resourcenotfound", 404, Code::not_found, "model_not_found", false, false},
    {"modeltimeout", 408, Code::upstream_timeout, "", true, false},
    {"conflict", 409, Code::upstream_failed, "", true, false},
    {"throttling", 429, Code::rate_limited, "", true, true},
    {"toomanyrequests", 429, Code::rate_limited, "", true, true},
    {"servicequotaexceeded", 429, Code::rate_limited, "quota_exceeded", true, true},
    {"modelnotready", 429, Code::upstream_failed, "model_not_ready", true, false},
    {"modelerror", 424, Code::upstream_failed, "", true, false},
    {"modelstreamerror", 424, Code::upstream_failed, "", true, false},
    {"internalserver", 500, Code::upstream_failed, "", true, false},
    {"serviceunavailable", 503, Code::upstream_failed, "overloaded", true, false}}};

struct Stated { std::string kind, message; int original_status = 0; };

// "ValidationException:http://internal.amazon.com/…" or "com.amazon.coral.validate#ValidationException", and in frames
// "validationException": what they have in common.
std::string kind_of(std::string_view text) {
  text = text.substr(0, text.find(':'));
  const std::size_t hash = text.rfind('#');
  if (hash != text.npos) text.remove_prefix(hash + 1);
  std::string kind(text.substr(0, 64));
  std::transform(kind.begin(), kind.end(), kind.begin(), to_lower);
  for (const std::string_view ending : {"exception", "error"}) {
    if (kind.ends_with(ending) && kind != "modelerror" && kind != "modelstreamerror" && kind != "validationerror") {
      kind.resize(kind.size() - ending.size());
      break;
    }
  }
  return kind;
}

Stated read_document(std::string_view body) {
  Stated stated;
  json::each_member(body, [&stated](std::string_view key, std::string_view raw) {
    if (key == "message" || key == "Message") stated.message = json::unquoted(raw).value_or("");
    else if (key == "__type") stated.kind = kind_of(json::unquoted(raw).value_or(""));
    else if (key == "originalStatusCode") stated.original_status = static_cast<int>(std::clamp<std::int64_t>(json::to_integer(raw).value_or(0), 0, 599));
  });
  return stated;
}

Meaning meaning_of_status(int status) {
  switch (status) {
    case 401: return {"", status, Code::unauthorized, "", false, true};
    case 403: return {"", status, Code::forbidden, "", false, true};
    case 404: return {"", status, Code::not_found, "", false, false};
    case 408: case 504: return {"", status, Code::upstream_timeout, "", true, false};
    case 413: return {"", status, Code::too_large, "", false, false};
    case 424: return {"", status, Code::upstream_failed, "", true, false};
    case 429: return {"", status, Code::rate_limited, "", true, true};
    default: break;
  }
  const bool callers = status >= 400 && status < 500 && status != 409 && status != 425 && status != 499;
  return {"", status, callers ? Code::bad_request : Code::upstream_failed, "", !callers, false};
}

bool says(const std::string& message, std::string_view words) { return message.find(words) != std::string::npos; }

// Validation errors that mean something of their own: Bedrock has one kind for them all.
void narrow(Meaning& meaning, const std::string& message) {
  if (meaning.kind != "validation" && meaning.code != Code::bad_request) return;
  const bool no_model = says(message, "provided model identifier is invalid") || says(message, "on-demand throughput isn") ||
                        says(message, "model is not supported in this Region") || says(message, "model version has reached the end of its life");
  const bool too_long = says(message, "nput is too long") || says(message, "prompt is too long") || says(message, "exceed context limit") ||
                        says(message, "maximum context length") || says(message, "too many input tokens") ||
                        says(message, "Too many input tokens");
  if (no_model) meaning.code = Code::not_found, meaning.name = "model_not_found";
  else if (too_long) meaning.name = "context_length_exceeded";
}

void cut(std::string& text, std::size_t most) {   // between characters
  if (text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
}

// `status` 0: as the kind has it.
Failure make_failure(int status, Stated stated, std::optional<std::chrono::milliseconds> wait) {
  const auto known = std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& one) { return one.kind == stated.kind; });
  Meaning meaning = known != meanings.end() ? *known : meaning_of_status(status != 0 ? status : 502);
  narrow(meaning, stated.message);
  if (status == 0) status = meaning.status;
  if (stated.message.empty()) stated.message = "The provider answered with status " + std::to_string(status) + ".";
  cut(stated.message, longest_message);
  Error error = Error(meaning.code, std::move(stated.message)).named(std::string(meaning.name));
  if (meaning.name == "model_not_found") std::move(error).about("model");
  else if (meaning.name == "context_length_exceeded") std::move(error).about("messages");
  if (wait) std::move(error).retry_in(*wait);
  return {std::move(error), status, meaning.try_next, meaning.key_at_fault};
}

bool holds_answer(llm::Operation operation, std::string_view body) {
  bool found = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (operation == llm::Operation::chat) found = key == "output" && json::kind_of(value) == json::Kind::object;
    else if (operation == llm::Operation::count_tokens) found = key == "inputTokens";
    else found = key == "embedding" || key == "embeddings" || key == "embeddingsByType";
    return !found;
  });
  return found;
}

// A provider's failure, by the HTTP status it is answered with: the API has an exception for each (docs, Converse, "Errors").
std::string_view exception_of(int status) {
  switch (status) {
    case 424: return "ModelErrorException";
    case 408: case 504: return "ModelTimeoutException";
    case 429: return "ThrottlingException";
    case 502: case 503: case 529: return "ServiceUnavailableException";
    default: return status >= 500 ? "InternalServerException" : "ModelErrorException";
  }
}

struct Name { std::string_view header, frame; };

// The exceptions of the API; only five of them can stand in a stream. ServiceQuotaExceeded is not retried by SDKs.
Name name_of(const Error& error) {
  constexpr std::string_view validation = "validationException", internal = "internalServerException", model = "modelStreamErrorException";
  switch (error.code()) {
    case Code::unauthorized: return {"UnrecognizedClientException", validation};
    case Code::over_budget: return {"ServiceQuotaExceededException", validation};
    case Code::forbidden: return {"AccessDeniedException", validation};
    case Code::not_found: return {"ResourceNotFoundException", validation};
    case Code::rate_limited: return {"ThrottlingException", "throttlingException"};
    case Code::request_timeout: case Code::upstream_timeout: return {"ModelTimeoutException", model};
    case Code::internal: return {"InternalServerException", internal};
    case Code::upstream_failed: return {exception_of(error.status() != 0 ? error.status() : http_status(error.code())), model};
    case Code::overloaded: case Code::draining: return {"ServiceUnavailableException", "serviceUnavailableException"};
    case Code::method_not_allowed: case Code::not_implemented: return {"UnknownOperationException", validation};
    case Code::bad_request: case Code::too_large: case Code::unsupported_media: case Code::cancelled: break;
  }
  return {"ValidationException", validation};
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  Stated stated = read_document(body);
  const std::string_view type = headers.get("x-amzn-errortype");
  if (!type.empty()) stated.kind = kind_of(type);
  return make_failure(status, std::move(stated), retry_after(status, headers));
}

std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) {
  const std::string_view type = headers.get("x-amzn-errortype");
  if (type.empty() && holds_answer(operation, body)) return std::nullopt;
  Stated stated = read_document(body);
  if (!type.empty()) stated.kind = kind_of(type);
  if (stated.message.empty()) stated.message = "The provider answered with something that is no answer of its API.";
  return make_failure(0, std::move(stated), std::nullopt);
}

std::optional<Failure> failure_in_frame(const Frame& frame) {
  const std::string_view type = frame.text(":message-type");
  if (type != "exception" && type != "error") return std::nullopt;
  Stated stated = read_document(frame.payload);
  const std::string_view kind = frame.text(type == "error" ? ":error-code" : ":exception-type");
  if (!kind.empty()) stated.kind = kind_of(kind);
  if (stated.message.empty()) stated.message = frame.text(":error-message");
  if (stated.message.empty()) stated.message = "The provider reported an error inside its stream.";
  return make_failure(0, std::move(stated), std::nullopt);
}

std::string write_error(const Error& error) { return "{\"message\":" + json::quoted(error.message()) + "}"; }

std::string error_header_lines(const Error& error) {
  return "x-amzn-errortype: " + std::string(name_of(error).header) + "\r\n";
}

std::string write_error_event(const Error& error) {
  std::string out;
  FrameWriter frame(out, "exception", name_of(error).frame);
  out += write_error(error);
  frame.end();
  return out;
}

}  // namespace sluice::dialects::bedrock
