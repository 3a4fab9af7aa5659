#include "dialects/responses/errors.hpp"

#include <string>

#include "dialects/openai/errors.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::responses {
namespace {

bool is_object(std::string_view raw) { return json::kind_of(raw) == json::Kind::object; }

// Half of the codes of a failed response are about images the caller gave (ResponseError.code in OpenAI's OpenAPI
// document: "invalid_image", "image_too_large", "failed_to_download_image" …); another provider can do no better.
bool blames_caller(std::string_view error) {
  const std::string_view code = json::find(error, "code").value_or("");
  return code.find("image") != code.npos || code.find("prompt") != code.npos;
}

// In the form that the readers of OpenAI's errors take.
Failure failure_of(std::string_view error) {
  std::string document = "{\"error\":";
  document.append(error);
  document += '}';
  if (!blames_caller(error) || json::find(error, "status")) return openai::failure_in_event(document);
  document.insert(document.size() - 2, error.size() > 2 ? ",\"status\":400" : "\"status\":400");
  return openai::failure_in_event(document);
}

}  // namespace

// OpenAI's documents put code, message and param into the event itself; what it really sends has them in `error`, as
// its SDKs expect.
Failure failure_in_error_event(std::string_view event) {
  std::string_view nested, code = "null", message = "\"\"", param = "null";
  json::each_member(event, [&](std::string_view key, std::string_view value) {
    if (key == "error") nested = value;
    else if (key == "code") code = value;
    else if (key == "message") message = value;
    else if (key == "param") param = value;
  });
  if (openai::is_reported(nested)) return is_object(nested) ? failure_of(nested) : openai::failure_in_event(event);
  std::string error = "{\"code\":";
  error.append(code).append(",\"message\":").append(message).append(",\"param\":").append(param) += '}';
  return failure_of(error);
}

Failure failure_in_response(std::string_view response) {
  const std::string_view error = json::find(response, "error").value_or("");
  if (is_object(error)) return failure_of(error);
  return failure_of(R"({"code":"server_error","message":"The provider's response failed; it does not say why."})");
}

std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) {
  bool response = false, known = false, completed = false, failed = false, error = false;
  const bool whole = json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "object") {
      response = value == "\"response\"";
      known = response || value == "\"list\"" || value == "\"response.deleted\"";
    } else if (key == "status") {
      completed = value == "\"completed\"";
      failed = value == "\"failed\"" || value == "\"cancelled\"";
    } else if (key == "output") {
      response = response || json::kind_of(value) == json::Kind::array;
    } else if (key == "error") {
      error = openai::is_reported(value);
    }
    return !(response && completed);
  });
  if (operation == llm::Operation::stored_response) {
    if (known || (whole && !error)) return std::nullopt;
    return openai::failure_in_success(headers, body);
  }
  if (whole && response) {
    if (!failed) return std::nullopt;
    return failure_in_response(body);
  }
  // No response at all; that reader takes any object without an error for good.
  if (whole && !error) {
    Error nonsense(Code::upstream_failed, "The provider answered with something that is no answer of its API.");
    return Failure{std::move(nonsense), 502, true, false};
  }
  return openai::failure_in_success(headers, body);
}

}  // namespace sluice::dialects::responses
