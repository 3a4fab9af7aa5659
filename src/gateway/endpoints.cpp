#include "gateway/endpoints.hpp"

#include <algorithm>
#include <array>

namespace sluice::gateway {
namespace {

using http::Verb;
using llm::Dialect;
using llm::Operation;
using Kind = Endpoint::Kind;
using Body = Endpoint::Body;

Endpoint taking(Verb wanted, Verb method, Endpoint endpoint) {
  bool fits = method == wanted || (wanted == Verb::get && method == Verb::head);
  if (fits) return endpoint;
  endpoint.kind = Kind::wrong_method;
  endpoint.allow = wanted == Verb::get ? "GET, HEAD" : "POST";
  return endpoint;
}

Endpoint inference(Dialect dialect, Operation operation, Verb method, Body body = Body::json) {
  Endpoint endpoint;
  endpoint.kind = Kind::inference;
  endpoint.dialect = dialect;
  endpoint.operation = operation;
  endpoint.body = body;
  return taking(Verb::post, method, endpoint);
}

Endpoint reading(Kind kind, Dialect dialect, Verb method, std::string_view rest = {}) {
  Endpoint endpoint;
  endpoint.kind = kind;
  endpoint.dialect = dialect;
  endpoint.rest = rest;
  return taking(Verb::get, method, endpoint);
}

// Takes `prefix` off; false: it does not stand there.
bool take(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

struct Route { std::string_view path; Operation operation; Body body = Body::json; };

// Below /v1. The multipart ones may hold JSON as well (image edits); the body's Content-Type tells.
constexpr std::array<Route, 11> openai_routes = {{{"/chat/completions", Operation::chat},
                                                  {"/completions", Operation::completions},
                                                  {"/embeddings", Operation::embeddings},
                                                  {"/rerank", Operation::rerank},
                                                  {"/moderations", Operation::moderations},
                                                  {"/images/generations", Operation::image_generations},
                                                  {"/images/edits", Operation::image_edits, Body::multipart},
                                                  {"/images/variations", Operation::image_variations, Body::multipart},
                                                  {"/audio/speech", Operation::speech},
                                                  {"/audio/transcriptions", Operation::transcriptions, Body::multipart},
                                                  {"/audio/translations", Operation::translations, Body::multipart}}};

// Of a stored response. Anything else, decoded by somebody on the way, could name another resource of the operator's.
bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// What stands behind "/responses": "", "/{id}", "/{id}/cancel", "/{id}/input_items".
Endpoint responses_endpoint(Verb method, std::string_view rest) {
  if (rest.empty()) return inference(Dialect::responses, Operation::chat, method);
  const std::size_t slash = rest.find('/', 1);
  const std::string_view action = slash == rest.npos ? std::string_view() : rest.substr(slash);
  if (rest.front() != '/' || !is_id(rest.substr(1, slash == rest.npos ? slash : slash - 1))) return {};
  Endpoint endpoint;
  endpoint.kind = Kind::inference;
  endpoint.dialect = Dialect::responses;
  endpoint.operation = Operation::stored_response;
  endpoint.body = Body::none;
  endpoint.rest = rest;
  if (action == "/cancel") return taking(Verb::post, method, endpoint);
  if (action == "/input_items") return taking(Verb::get, method, endpoint);
  if (!action.empty()) return {};
  if (method == Verb::delete_) return endpoint;
  endpoint = taking(Verb::get, method, endpoint);
  if (endpoint.kind == Kind::wrong_method) endpoint.allow = "GET, HEAD, DELETE";
  return endpoint;
}

Endpoint openai_endpoint(Verb method, std::string_view path) {
  for (const Route& route : openai_routes) {
    if (path == route.path) return inference(Dialect::openai, route.operation, method, route.body);
  }
  if (take(path, "/responses")) return responses_endpoint(method, path);
  if (path == "/models") return reading(Kind::list_models, Dialect::openai, method);
  if (path == "/key") return reading(Kind::own_key, Dialect::openai, method);
  if (path.starts_with("/models/") && path.size() > 8) return reading(Kind::get_model, Dialect::openai, method, path.substr(8));
  return {};
}

// Azure's SDKs name the deployment in the path: "{model}/chat/completions" behind "/openai/deployments/".
Endpoint deployment_endpoint(Verb method, std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == 0 || slash == path.npos) return {};
  Endpoint endpoint = openai_endpoint(method, path.substr(slash));
  endpoint.model = path.substr(0, slash);
  return endpoint;
}

Endpoint anthropic_endpoint(Verb method, std::string_view path) {
  if (path == "/messages") return inference(Dialect::anthropic, Operation::chat, method);
  if (path == "/messages/count_tokens") return inference(Dialect::anthropic, Operation::count_tokens, method);
  if (path == "/models") return reading(Kind::list_models, Dialect::anthropic, method);
  if (path.starts_with("/models/") && path.size() > 8) return reading(Kind::get_model, Dialect::anthropic, method, path.substr(8));
  return {};
}

// Behind "/v1beta": "/models", "/models/{model}", "/models/{model}:{method}"; Vertex's SDK puts
// "/projects/{p}/locations/{l}/publishers/google" before it.
Endpoint gemini_endpoint(Verb method, std::string_view path) {
  constexpr std::string_view models = "/models";
  const std::size_t at = path.starts_with("/projects/") ? path.find("/publishers/google/models") : 0;
  if (at == path.npos) return {};
  if (at > 0) path.remove_prefix(at + std::string_view("/publishers/google").size());
  // Vercel's SDK leaves "models/" out where a name has a slash in it.
  const bool in_models = take(path, models);
  if (in_models && path.empty()) return reading(Kind::list_models, Dialect::gemini, method);
  if (!take(path, "/") || path.empty()) return {};
  const std::size_t colon = path.rfind(':');
  const std::string_view action = colon == path.npos ? std::string_view() : path.substr(colon + 1);
  struct Action { std::string_view name; Operation operation; bool stream; };
  static constexpr std::array<Action, 5> actions = {{{"generateContent", Operation::chat, false},
                                                     {"streamGenerateContent", Operation::chat, true},
                                                     {"countTokens", Operation::count_tokens, false},
                                                     {"embedContent", Operation::embeddings, false},
                                                     {"batchEmbedContents", Operation::embeddings, false}}};
  for (const Action& one : actions) {
    if (action != one.name) continue;
    Endpoint endpoint = inference(Dialect::gemini, one.operation, method);
    endpoint.model = path.substr(0, colon);
    endpoint.stream = one.stream;
    endpoint.rest = action;
    return endpoint;
  }
  if (!in_models) return {};
  return reading(Kind::get_model, Dialect::gemini, method, path);
}

// "/model/{id}/converse"; an id may hold percent-encoded slashes (an ARN).
Endpoint bedrock_endpoint(Verb method, std::string_view path) {
  if (!take(path, "/model/")) return {};
  const std::size_t slash = path.find('/');
  if (slash == path.npos || slash == 0) return {};
  const std::string_view action = path.substr(slash + 1);
  const bool counts = action == "count-tokens";
  if (action != "converse" && action != "converse-stream" && !counts) return {};
  Endpoint endpoint = inference(Dialect::bedrock, counts ? Operation::count_tokens : Operation::chat, method);
  endpoint.model = path.substr(0, slash);
  endpoint.stream = action == "converse-stream";
  return endpoint;
}

Endpoint cohere_endpoint(Verb method, std::string_view path) {
  if (path == "/chat") return inference(Dialect::cohere, Operation::chat, method);
  if (path == "/embed") return inference(Dialect::cohere, Operation::embeddings, method);
  if (path == "/rerank") return inference(Dialect::cohere, Operation::rerank, method);
  return {};
}

}  // namespace

Endpoint find_endpoint(Verb method, std::string_view path) {
  if (path == "/v1/chat/completions") return inference(Dialect::openai, Operation::chat, method);   // nearly every request
  if (path == "/healthz") return reading(Kind::alive, Dialect::openai, method);
  if (path == "/readyz") return reading(Kind::ready, Dialect::openai, method);
  if (path == "/metrics") return reading(Kind::metrics, Dialect::openai, method);
  if (path == "/admin" || path.starts_with("/admin/")) {   // which methods it takes is its own business
    Endpoint endpoint;
    endpoint.kind = Kind::administration;
    return endpoint;
  }
  if (take(path, "/openai/deployments/")) return deployment_endpoint(method, path);
  if (take(path, "/openai/v1")) return openai_endpoint(method, path);
  if (take(path, "/anthropic/v1")) return anthropic_endpoint(method, path);
  if (take(path, "/bedrock")) return bedrock_endpoint(method, path);
  if (take(path, "/cohere/v2") || take(path, "/v2")) return cohere_endpoint(method, path);
  if (take(path, "/genai/v1beta1") || take(path, "/genai/v1beta") || take(path, "/genai/v1") || take(path, "/v1beta1") || take(path, "/v1beta")) {
    return gemini_endpoint(method, path);
  }
  if (!take(path, "/v1")) return {};
  if (path.starts_with("/messages")) return anthropic_endpoint(method, path);
  if (path.starts_with("/projects/") || (path.starts_with("/models/") && path.find(':') != path.npos && method == Verb::post)) {
    return gemini_endpoint(method, path);
  }
  return openai_endpoint(method, path);
}

}  // namespace sluice::gateway
