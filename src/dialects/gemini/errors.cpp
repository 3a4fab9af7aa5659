#include "dialects/gemini/errors.hpp"

#include <array>
#include <string>
#include <utility>

#include "dialects/gemini/names.hpp"
#include "dialects/retry_after.hpp"
#include "sluice/base/text.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {
namespace {

using std::chrono::milliseconds;

struct Stated {
  int code = 0;                       // 0: not stated
  std::string status, message, reason;
  std::optional<milliseconds> wait;
  bool error = false;                 // there is an error object at all
};

// google.rpc.Code by name, with the HTTP status that google/rpc/code.proto gives it.
int status_of(std::string_view name) {
  struct Meaning { std::string_view name; int status; };
  static constexpr std::array<Meaning, 16> meanings{{
      {"INVALID_ARGUMENT", 400}, {"FAILED_PRECONDITION", 400}, {"OUT_OF_RANGE", 400}, {"UNAUTHENTICATED", 401},
      {"PERMISSION_DENIED", 403}, {"NOT_FOUND", 404}, {"ALREADY_EXISTS", 409}, {"ABORTED", 409},
      {"RESOURCE_EXHAUSTED", 429}, {"CANCELLED", 499}, {"INTERNAL", 500}, {"UNKNOWN", 500}, {"DATA_LOSS", 500},
      {"UNIMPLEMENTED", 501}, {"UNAVAILABLE", 503}, {"DEADLINE_EXCEEDED", 504}}};
  for (const Meaning& meaning : meanings) {
    if (meaning.name == name) return meaning.status;
  }
  return 0;
}

// One of google.rpc's details: RetryInfo tells how long to wait, ErrorInfo the narrow reason.
void read_detail(std::string_view detail, Stated& stated) {
  std::string_view type, reason, delay;
  json::each_member(detail, [&](std::string_view key, std::string_view raw) {
    if (key == "@type") type = raw;
    else if (key == "reason") reason = raw;
    else if (key == "retryDelay") delay = raw;
  });
  if (type.find("google.rpc.ErrorInfo") != type.npos) stated.reason = json::unquoted(reason).value_or("");
  if (type.find("google.rpc.RetryInfo") != type.npos) stated.wait = read_duration(json::unquoted(delay).value_or(""));
}

Stated read_document(std::string_view body) {
  Stated stated;
  if (json::kind_of(body) == json::Kind::array) {   // of a stream without alt=sse
    json::each_element(body, [&](std::string_view one) {
      if (json::kind_of(one) == json::Kind::object) stated = read_document(one);
      return !stated.error;
    });
    return stated;
  }
  const std::string_view error = json::find(body, "error").value_or("");
  if (json::kind_of(error) == json::Kind::string) {   // OAuth's: {"error":"invalid_grant","error_description"}
    stated.error = true;
    stated.message = json::unquoted(json::find(body, "error_description").value_or(error)).value_or("");
    return stated;
  }
  if (json::kind_of(error) != json::Kind::object) return stated;
  stated.error = true;
  json::each_member(error, [&stated](std::string_view key, std::string_view raw) {
    if (key == "code") {
      const auto code = json::to_integer(raw);
      if (code && *code >= 400 && *code <= 599) stated.code = static_cast<int>(*code);
    } else if (key == "status") {
      stated.status = json::unquoted(raw).value_or("");
    } else if (key == "message") {
      stated.message = json::unquoted(raw).value_or("");
    } else if (key == "details") {
      json::each_element(raw, [&stated](std::string_view detail) { read_detail(detail, stated); });
    }
  });
  return stated;
}

bool says(const Stated& stated, std::string_view words) { return stated.message.find(words) != std::string::npos; }

// A key that is not good is a plain 400 here; its reason tells.
bool key_is_bad(const Stated& stated) {
  return stated.reason == "API_KEY_INVALID" || stated.reason == "API_KEY_EXPIRED" || says(stated, "API key not valid") ||
         says(stated, "API key expired");
}

// Names that the SDKs' users look for; everything else goes by its code's usual name.
void name(Error& error, int status, const Stated& stated) {
  if (status == 404 && (says(stated, "models/") || says(stated, "Publisher Model"))) {
    std::move(error).named("model_not_found").about("model");
  } else if (status == 400 && says(stated, "token count") && says(stated, "exceeds")) {
    std::move(error).named("context_length_exceeded").about("messages");
  } else if (status == 503 && says(stated, "overloaded")) {
    std::move(error).named("overloaded_error");
  }
}

Failure make_failure(int status, const Stated& stated, std::optional<milliseconds> wait) {
  std::string message = stated.message.substr(0, 4000);
  if (message.empty()) {
    message = "The provider answered with status ";
    append_integer(message, status);
    message += '.';
  }
  const bool bad_key = key_is_bad(stated);
  Error error(bad_key ? Code::unauthorized : code_of(status), std::move(message));
  name(error, status, stated);
  if (wait) std::move(error).retry_in(*wait);
  const bool busy = status == 408 || status == 409 || status == 425 || status == 429 || status == 499 || status >= 500;
  // The operator's place or billing, not the caller's request (ai.google.dev/gemini-api/docs/troubleshooting).
  const bool elsewhere = stated.status == "FAILED_PRECONDITION" || says(stated, "User location is not supported");
  const bool key = bad_key || status == 401 || status == 402 || status == 403 || status == 429;
  return {std::move(error), status, busy || elsewhere, key};
}

int stated_status(const Stated& stated, int otherwise) {
  if (stated.code != 0) return stated.code;
  const int named = status_of(stated.status);
  return named != 0 ? named : otherwise;
}

bool is_answer_member(std::string_view key) {
  return key == "candidates" || key == "promptFeedback" || key == "usageMetadata" || key == "totalTokens" ||
         key == "embedding" || key == "embeddings" || key == "predictions";
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  const Stated stated = read_document(body);
  if (status < 400) status = stated_status(stated, 502);
  const auto told = retry_after(status, headers);   // Google sends no such header; what stands between may
  return make_failure(status, stated, stated.wait ? stated.wait : told);
}

std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body) {
  if (json::kind_of(body) == json::Kind::array) {
    const Stated stated = read_document(body);
    if (!stated.error) return std::nullopt;
    return read_failure(stated_status(stated, 502), headers, body);
  }
  bool answer = false, error = false;
  json::each_member(body, [&](std::string_view key, std::string_view) {
    if (key == "error") error = true;
    else if (is_answer_member(key)) answer = true;
    return !answer;
  });
  if (answer) return std::nullopt;
  Stated stated = read_document(body);
  if (!error) stated.message = "The provider answered with something that is no answer of its API.";
  const int status = stated_status(stated, 502);
  return make_failure(status, stated, stated.wait ? stated.wait : retry_after(status, headers));
}

Error nothing_said(std::string_view raw_reason, std::string_view raw_message) {
  std::string name = reason_name(raw_reason);
  std::string message = "The model said nothing and ended with " + name + ".";
  const std::string told = json::unquoted(raw_message).value_or("");
  if (!told.empty() && told.size() <= 2000) message += " " + told;
  for (char& c : name) c = to_lower(c);
  return Error(Code::upstream_failed, std::move(message)).named(std::move(name));
}

Failure failure_in_chunk(std::string_view chunk) {
  Stated stated = read_document(chunk);
  if (stated.message.empty()) stated.message = "The provider reported an error inside its stream.";
  return make_failure(stated_status(stated, 502), stated, stated.wait);
}

}  // namespace sluice::dialects::gemini
