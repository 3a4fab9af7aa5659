#include "dialects/anthropic/errors.hpp"

#include <array>
#include <string>
#include <utility>

#include "dialects/retry_after.hpp"
#include "sluice/base/text.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {
namespace {

struct Stated { std::string type, message; };

// docs.anthropic.com/en/api/errors
int status_of(std::string_view type) {
  struct Meaning { std::string_view type; int status; };
  static constexpr std::array<Meaning, 11> meanings{{{"invalid_request_error", 400}, {"authentication_error", 401},
      {"billing_error", 402}, {"permission_error", 403}, {"not_found_error", 404}, {"request_too_large", 413},
      {"rate_limit_error", 429}, {"api_error", 500}, {"timeout_error", 504}, {"overloaded_error", 529},
      {"conflict_error", 409}}};
  for (const Meaning& meaning : meanings) {
    if (meaning.type == type) return meaning.status;
  }
  return 502;
}

// Also reads {"error":{"message"}} without type and {"message"} (Azure and Bedrock in front of the same API).
Stated read_document(std::string_view body) {
  Stated stated;
  std::string_view error;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key == "error") error = raw;
    else if (key == "message") stated.message = json::unquoted(raw).value_or("");
  });
  json::each_member(error, [&](std::string_view key, std::string_view raw) {
    if (key == "type") stated.type = json::unquoted(raw).value_or("");
    else if (key == "message") stated.message = json::unquoted(raw).value_or("");
  });
  return stated;
}

bool out_of_credit(const Stated& stated) {   // comes as a plain 400
  return stated.type == "billing_error" || stated.message.find("credit balance is too low") != std::string::npos;
}

// Names that OpenAI's SDK users look for; everything else goes by its code's usual name.
void name(Error& error, int status, const Stated& stated) {
  if (stated.type == "overloaded_error") {
    std::move(error).named("overloaded_error");
  } else if (out_of_credit(stated)) {
    std::move(error).named("billing_error");
  } else if (status == 404 && stated.message.starts_with("model:")) {
    std::move(error).named("model_not_found").about("model");
  } else if (status == 400 && (stated.message.find("prompt is too long") != std::string::npos ||
                               stated.message.find("exceed context limit") != std::string::npos)) {
    std::move(error).named("context_length_exceeded").about("messages");
  }
}

Failure make_failure(int status, const Stated& stated, std::optional<std::chrono::milliseconds> wait) {
  std::string message = stated.message.substr(0, 4000);
  if (message.empty()) {
    message = "The provider answered with status ";
    append_integer(message, status);
    message += '.';
  }
  Error error(code_of(status), std::move(message));
  name(error, status, stated);
  if (wait) std::move(error).retry_in(*wait);
  const bool credit = out_of_credit(stated);
  const bool busy = status == 408 || status == 409 || status == 425 || status == 429 || status >= 500 ||
                    stated.type == "overloaded_error" || stated.type == "rate_limit_error";
  const bool key = status == 401 || status == 402 || status == 403 || status == 429;
  return {std::move(error), status, busy || credit, key || credit};
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  Failure failure = make_failure(status, read_document(body), retry_after(status, headers));
  // What Anthropic says beside the status; "false" stands with every error of the caller and adds nothing.
  if (headers.get("x-should-retry") == "true") failure.try_next = true;
  return failure;
}

std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body) {
  bool error = false;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key != "type") return true;
    error = raw == "\"error\"";
    return false;
  });
  if (!error) return std::nullopt;
  const Stated stated = read_document(body);
  const int status = status_of(stated.type);
  return make_failure(status, stated, retry_after(status, headers));
}

Failure failure_in_event(std::string_view data) {
  const Stated stated = read_document(data);
  return make_failure(status_of(stated.type), stated, std::nullopt);
}

}  // namespace sluice::dialects::anthropic
