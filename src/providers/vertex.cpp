#include "providers/vertex.hpp"

#include "providers/openai.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"

namespace sluice::providers {
namespace {

using dialects::Wire;
using llm::Dialect;
using llm::Operation;

// Whose a model is decides in which dialect it is asked.
enum class Publisher : unsigned char { google, anthropic, other };

// "google/gemini-2.5-pro" and "anthropic/claude-…" are the names by which the OpenAI-compatible endpoint lists them.
std::string_view bare(std::string_view model) {
  for (const std::string_view prefix : {"google/", "anthropic/", "publishers/google/models/", "publishers/anthropic/models/"}) {
    if (model.starts_with(prefix)) return model.substr(prefix.size());
  }
  return model;
}

Publisher publisher_of(std::string_view model) {
  if (model.find("claude") != model.npos) return Publisher::anthropic;
  return bare(model).find('/') == model.npos ? Publisher::google : Publisher::other;
}

// "claude-haiku-4-5@20251001": '@' may stand in a path as it is, and does in what Google's documents show.
std::string in_path(std::string_view model) {
  std::string out = percent_encoded(bare(model));
  for (std::size_t at = out.find("%40"); at != out.npos; at = out.find("%40", at)) out.replace(at, 3, "@");
  return out;
}

class Vertex final : public Provider {
 public:
  explicit Vertex(const ProviderSpec& spec)
      : x_version(spec.api_version.empty() ? version_in(spec.base_url) : spec.api_version),
        x_place(spec.project.empty() ? "" : "/projects/" + percent_encoded(spec.project) + "/locations/" + percent_encoded(spec.region)) {}

  std::string_view type() const override { return "vertex"; }

  const Wire* wire(Operation operation, Dialect, std::string_view model) const override {
    const Publisher publisher = publisher_of(model);
    if (operation == Operation::embeddings && publisher == Publisher::google) return &dialects::predict_wire();
    const bool asks = operation == Operation::chat || (operation == Operation::count_tokens && publisher != Publisher::other);
    if (!asks) return nullptr;
    switch (publisher) {
      case Publisher::google: return &dialects::wire(Dialect::gemini);
      case Publisher::anthropic: return &dialects::wire(Dialect::anthropic);
      case Publisher::other: break;
    }
    return &dialects::wire(Dialect::openai);
  }

  // The version belongs to path(): Google's addresses are written with it and without.
  std::string base_path(std::string_view path) const override {
    for (const std::string_view version : versions) {
      if (path.ends_with(version)) path.remove_suffix(version.size());
    }
    return std::string(path);
  }

  std::string path(const Call& call) const override {
    const std::string place = "/" + x_version + x_place;
    if (call.dialect == Dialect::openai) return place + "/endpoints/openapi" + openai_path(call);
    if (call.dialect == Dialect::anthropic) {
      // https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens: the model stays in the body
      const std::string models = place + "/publishers/anthropic/models/";
      if (call.operation == Operation::count_tokens) return models + "count-tokens:rawPredict";
      return models + in_path(call.model) + (call.stream ? ":streamRawPredict" : ":rawPredict");
    }
    const std::string model = place + "/publishers/google/models/" + in_path(call.model);
    if (call.operation == Operation::embeddings) return model + ":predict";
    if (call.operation == Operation::count_tokens) return model + ":countTokens";
    if (!call.stream) return model + ":generateContent";
    // A caller of Gemini's own dialect says itself whether it wants events or one long array.
    return model + (call.verbatim ? ":streamGenerateContent" : ":streamGenerateContent?alt=sse");
  }

  Authority authority() const override { return Authority::google_token; }
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("x-goog-api-key", secret);
  }

  std::optional<std::string> adapt(const Call& call, std::string_view body) const override {
    if (call.dialect == Dialect::anthropic) return for_claude(call, body);
    if (call.dialect == Dialect::gemini && call.operation == Operation::count_tokens) return for_counting(body);
    return std::nullopt;
  }

 private:
  static constexpr std::string_view versions[] = {"/v1", "/v1beta1"};

  static std::string version_in(std::string_view base_url) {
    while (base_url.ends_with('/')) base_url.remove_suffix(1);
    return base_url.ends_with("/v1beta1") ? "v1beta1" : "v1";
  }

  // The model is in the path, and the version of the API in the body instead of a header:
  // https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
  static std::optional<std::string> for_claude(const Call& call, std::string_view body) {
    std::optional<std::string> changed;
    if (call.operation != Operation::count_tokens) changed = json::remove_member(body, "model");
    const std::string_view now = changed ? std::string_view(*changed) : body;
    if (json::find(now, "anthropic_version")) return changed;
    return json::set_member(now, "anthropic_version", "\"vertex-2023-10-16\"");
  }

  // The Gemini API counts a whole generateContent request in a member of its own; Vertex takes its members themselves.
  static std::optional<std::string> for_counting(std::string_view body) {
    const auto request = json::find(body, "generateContentRequest");
    if (!request || json::kind_of(*request) != json::Kind::object) return std::nullopt;
    auto bare_request = json::remove_member(*request, "model");
    return bare_request ? std::move(bare_request) : std::string(*request);
  }

  std::string x_version, x_place;
};

}  // namespace

std::shared_ptr<const Provider> make_vertex(const ProviderSpec& spec) { return std::make_shared<const Vertex>(spec); }

}  // namespace sluice::providers
