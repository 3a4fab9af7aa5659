#include "providers/gemini.hpp"

#include "sluice/base/text.hpp"

namespace sluice::providers {
namespace {

using llm::Operation;

// "models/x" and "tunedModels/x" are collections of their own; in a name nothing but plain characters stands as it is.
std::string model_path(std::string_view model) {
  std::string_view collection = "models/";
  for (const std::string_view known : {std::string_view("models/"), std::string_view("tunedModels/")}) {
    if (!model.starts_with(known)) continue;
    collection = known;
    model.remove_prefix(known.size());
    break;
  }
  return "/" + std::string(collection) + percent_encoded(model);
}

// ".../v1beta", ".../v1", ".../v1alpha/"
bool names_version(std::string_view base_url) {
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  const std::string_view last = base_url.substr(base_url.rfind('/') + 1);
  return last.size() >= 2 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9';
}

class Gemini final : public Provider {
 public:
  explicit Gemini(std::string_view base_url) : x_version(names_version(base_url) ? "" : "/v1beta") {}

  std::string_view type() const override { return "gemini"; }
  const dialects::Wire* wire(Operation operation, llm::Dialect, std::string_view) const override {
    switch (operation) {
      case Operation::chat: case Operation::count_tokens: case Operation::embeddings: return &dialects::wire(llm::Dialect::gemini);
      default: return nullptr;
    }
  }
  std::string path(const Call& call) const override { return x_version + model_path(call.model) + gemini_method(call); }
  // Behind OAuth or a proxy nothing else is needed; a key goes into its own header, never into the URL.
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("x-goog-api-key", secret);
  }

 private:
  std::string x_version;   // what of the path the base URL does not say
};

}  // namespace

std::string gemini_method(const Call& call) {
  switch (call.operation) {
    case Operation::count_tokens: return ":countTokens";
    case Operation::embeddings:
      // The two have different bodies; a translated request is always a batch.
      return call.verbatim && call.rest == "embedContent" ? ":embedContent" : ":batchEmbedContents";
    default: break;
  }
  if (!call.stream) return ":generateContent";
  return call.verbatim ? ":streamGenerateContent" : ":streamGenerateContent?alt=sse";
}

std::shared_ptr<const Provider> make_gemini(std::string_view base_url) { return std::make_shared<const Gemini>(base_url); }

}  // namespace sluice::providers
