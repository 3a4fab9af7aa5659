#include "gateway/endpoints.hpp"

namespace sluice::gateway {
namespace {

Endpoint taking(http::Verb wanted, http::Verb method, Endpoint endpoint) {
  bool fits = method == wanted || (wanted == http::Verb::get && method == http::Verb::head);
  if (fits) return endpoint;
  endpoint.kind = Endpoint::Kind::wrong_method;
  endpoint.allow = wanted == http::Verb::get ? "GET, HEAD" : "POST";
  return endpoint;
}

Endpoint inference(llm::Operation operation, http::Verb method) {
  return taking(http::Verb::post, method, {Endpoint::Kind::inference, llm::Dialect::openai, operation, {}, {}});
}

Endpoint reading(Endpoint::Kind kind, http::Verb method, std::string_view rest = {}) {
  return taking(http::Verb::get, method, {kind, llm::Dialect::openai, llm::Operation::chat, rest, {}});
}

}  // namespace

Endpoint find_endpoint(http::Verb method, std::string_view path) {
  using Kind = Endpoint::Kind;
  if (path == "/healthz") return reading(Kind::alive, method);
  if (path == "/readyz") return reading(Kind::ready, method);
  if (path == "/metrics") return reading(Kind::metrics, method);
  if (path.starts_with("/openai/")) path.remove_prefix(7);
  if (!path.starts_with("/v1/")) return {};
  path.remove_prefix(3);
  if (path == "/chat/completions") return inference(llm::Operation::chat, method);
  if (path == "/completions") return inference(llm::Operation::completions, method);
  if (path == "/embeddings") return inference(llm::Operation::embeddings, method);
  if (path == "/models") return reading(Kind::list_models, method);
  if (path.starts_with("/models/") && path.size() > 8) return reading(Kind::get_model, method, path.substr(8));
  return {};
}

}  // namespace sluice::gateway
