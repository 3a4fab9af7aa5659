// Ollama's errors: {"error":"text"}, as an answer with a status or as a line of a stream that began with 200.
#include <utility>

#include "dialects/ollama/answer.hpp"
#include "dialects/ollama/lines.hpp"
#include "dialects/openai/errors.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::ollama {
namespace {

bool contains(const std::string& text, std::string_view piece) { return text.find(piece) != std::string::npos; }

// It has no error codes; the texts are those of the server (server/routes.go) and of llama.cpp behind it.
void name(Failure& failure) {
  const std::string& message = failure.error.message();
  if (contains(message, "model") && contains(message, "not found")) {
    std::move(failure.error).named("model_not_found").about("model");
  } else if (contains(message, "context length") || contains(message, "context size")) {
    std::move(failure.error).named("context_length_exceeded").about("messages");
  }
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  Failure failure = openai::read_failure(status, headers, without_chunk_sizes(body));   // reads this form among others
  name(failure);
  return failure;
}

// Inside a stream there is no status; what the server says there is its own trouble, mostly the runner's.
Failure failure_in_line(std::string_view raw_error) {
  std::string message = json::unquoted(raw_error).value_or("");
  if (message.empty()) message = "The provider reported an error inside its stream.";
  if (message.size() > 4096) message = "The provider reported an error inside its stream, too long to be shown.";
  Failure failure{Error(Code::upstream_failed, std::move(message)), 500, true, false};
  name(failure);
  return failure;
}

std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) {
  const std::string_view wanted = operation == llm::Operation::embeddings ? "embeddings" : "message";
  bool found = false;
  std::string_view error;
  json::each_member(without_chunk_sizes(body), [&](std::string_view key, std::string_view value) {
    if (key == wanted) found = value.starts_with('{') || value.starts_with('[');
    else if (key == "error" && openai::is_reported(value)) error = value;
    return !found;
  });
  if (found) return std::nullopt;
  if (!error.empty()) return read_failure(502, headers, body);
  return Failure{Error(Code::upstream_failed, "The provider answered with something that is no answer of its API."), 502, true, false};
}

}  // namespace sluice::dialects::ollama
