// Which dialect each provider is asked in, under which path, and with which headers.
#include <gtest/gtest.h>

#include <algorithm>

#include "sluice/presets/presets.hpp"
#include "sluice/providers/model_listing.hpp"
#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

std::shared_ptr<const Provider> openai() { return make_provider({"openai", std::string("https://api.openai.com/v1"), {}, {}, {}}); }

TEST(Registry, KnowsItsTypesAndNoOthers) {
  for (const std::string_view type : {"openai", "anthropic", "azure", "vertex", "gemini", "bedrock", "cohere", "ollama", "simulated"}) {
    const auto provider = make_provider({std::string(type), "", {}, {}, {}});
    ASSERT_NE(provider, nullptr) << type;
    EXPECT_EQ(provider->type(), type);
  }
  for (const std::string_view type : {"", "OpenAI", "openai "}) EXPECT_EQ(make_provider({std::string(type), "", {}, {}, {}}), nullptr) << type;
}

TEST(OpenAiProvider, SpeaksItsDialects) {
  for (const auto operation : {Operation::chat, Operation::completions, Operation::embeddings, Operation::moderations}) {
    EXPECT_EQ(openai()->wire(operation, Dialect::openai, "m")->dialect(), Dialect::openai);
  }
  EXPECT_EQ(openai()->wire(Operation::chat, Dialect::anthropic, "m")->dialect(), Dialect::openai);
  EXPECT_EQ(openai()->wire(Operation::count_tokens, Dialect::anthropic, "m"), nullptr);
}

TEST(OpenAiProvider, AsksByResponsesForOthersWhereTheModelWantsIt) {
  const auto asked = [](const Provider& provider, std::string_view model, Dialect caller) {
    return provider.wire(Operation::chat, caller, model)->dialect();
  };
  for (const char* model : {"gpt-5.4", "gpt-5.4-mini-2026-03-05", "gpt-5.5", "gpt-5.6-luna", "gpt-6", "gpt-6-sol", "gpt-5-pro", "gpt-5.2-pro",
                            "gpt-5-codex", "gpt-5.1-codex-max", "gpt-5.3-codex", "codex-mini-latest", "o3-pro", "o3-deep-research"}) {
    EXPECT_EQ(asked(*openai(), model, Dialect::anthropic), Dialect::responses) << model;
    EXPECT_EQ(asked(*openai(), model, Dialect::responses), Dialect::responses) << model;
    EXPECT_EQ(asked(*openai(), model, Dialect::openai), Dialect::openai) << model;
  }
  for (const char* model : {"gpt-5.1", "gpt-5.3-chat-latest", "gpt-5", "gpt-4o", "o3", "gpt-5-search-api"}) {
    EXPECT_EQ(asked(*openai(), model, Dialect::gemini), Dialect::openai) << model;
  }
  ProviderSpec spec{"openai", "https://api.openai.com/v1", {}, {}, {}};
  presets::Offer offer;
  offer.add("chat");
  spec.operations = offer;
  EXPECT_EQ(asked(*make_provider(spec), "gpt-5.4", Dialect::anthropic), Dialect::openai) << "the service has no Responses API";
  EXPECT_EQ(asked(*make_provider({"openai", "https://llm.example.com/v1", {}, {}, {}}), "gpt-5.4", Dialect::anthropic), Dialect::openai);
}

TEST(OpenAiProvider, KnowsBesideWhichEffortsItsModelsSample) {
  using Words = std::vector<std::string>;
  const auto provider = openai();
  for (const char* model : {"gpt-5.1", "gpt-5.2", "gpt-5.4-mini"}) {
    EXPECT_EQ(provider->quirks(model).sampling_efforts, (Words{"unasked", "none"})) << model;
  }
  for (const char* model : {"gpt-5.5", "gpt-5.6", "gpt-6-sol"}) {
    const auto& quirks = provider->quirks(model);
    EXPECT_EQ(quirks.sampling_efforts, Words{"none"}) << model;
    EXPECT_EQ(std::count(quirks.refuses.begin(), quirks.refuses.end(), "temperature"), 0) << model;
  }
}

TEST(OpenAiProvider, Paths) {
  const auto path = [](Operation operation, Dialect dialect = Dialect::openai) {
    return openai()->path({operation, dialect, "m", true, true, {}});
  };
  EXPECT_EQ(path(Operation::chat), "/chat/completions");
  EXPECT_EQ(path(Operation::chat, Dialect::responses), "/responses");
  EXPECT_EQ(path(Operation::completions), "/completions");
  EXPECT_EQ(path(Operation::embeddings), "/embeddings");
  EXPECT_EQ(path(Operation::image_edits), "/images/edits");
}

TEST(OpenAiProvider, CredentialsGoIntoTheHeaderTheServiceReads) {
  const auto header = [](std::string_view base_url) {
    Headers out;
    make_provider({"openai", std::string(base_url), {}, {}, {}})->authorize("sk-1", out);
    return out;
  };
  EXPECT_EQ(header("https://api.openai.com/v1"), (Headers{{"Authorization", "Bearer sk-1"}}));
  EXPECT_EQ(header("https://name.openai.azure.com/openai/v1"), (Headers{{"api-key", "sk-1"}}));
  EXPECT_EQ(header("https://name.services.ai.azure.com:443/models"), (Headers{{"api-key", "sk-1"}}));
  EXPECT_EQ(header("https://evil.example/.openai.azure.com"), (Headers{{"Authorization", "Bearer sk-1"}}));
  Headers none;
  openai()->authorize("", none);
  EXPECT_TRUE(none.empty());
}

// ---- services that speak OpenAI's dialect: config/presets.json

std::shared_ptr<const Provider> service(std::string type) { return make_provider({std::move(type), "", {}, {}, {}}); }
std::string path_of(const Provider& provider, Operation operation, Dialect dialect = Dialect::openai, std::string_view rest = {}) {
  return provider.path({operation, dialect, "m", false, true, rest});
}

TEST(Presets, EachIsAProvider) {
  for (const auto& preset : presets::all()) {
    const auto provider = service(preset.name);
    ASSERT_NE(provider, nullptr) << preset.name;
    EXPECT_EQ(provider->type(), preset.name);
    const auto* wire = provider->wire(Operation::chat, Dialect::openai, "m");
    EXPECT_EQ(wire != nullptr, preset.operations.has(Operation::chat)) << preset.name;
    EXPECT_EQ(provider->wire(Operation::count_tokens, Dialect::anthropic, "m"), nullptr) << preset.name;
  }
}

TEST(Presets, SpeakResponsesWhereTheServiceDoes) {
  const auto groq = service("groq"), deepseek = service("deepseek");
  EXPECT_EQ(groq->wire(Operation::chat, Dialect::responses, "m"), &dialects::wire(Dialect::responses));
  EXPECT_EQ(groq->wire(Operation::chat, Dialect::anthropic, "m")->dialect(), Dialect::openai);
  EXPECT_EQ(deepseek->wire(Operation::chat, Dialect::responses, "m")->dialect(), Dialect::openai);
  EXPECT_EQ(deepseek->wire(Operation::stored_response, Dialect::responses, "m"), nullptr);
  EXPECT_EQ(deepseek->wire(Operation::embeddings, Dialect::openai, "m"), nullptr);
}

TEST(Presets, HavePathsOfTheirOwn) {
  EXPECT_EQ(path_of(*service("deepseek"), Operation::chat), "/chat/completions");
  EXPECT_EQ(path_of(*service("deepseek"), Operation::completions), "/beta/completions");
  EXPECT_EQ(path_of(*service("mistral"), Operation::completions), "/fim/completions");
  EXPECT_EQ(path_of(*service("perplexity"), Operation::chat, Dialect::responses), "/v1/responses");
  EXPECT_EQ(path_of(*service("perplexity"), Operation::stored_response, Dialect::responses, "/resp_1"), "/v1/responses/resp_1");
}

TEST(Presets, HaveQuirksByModel) {
  const auto xai = service("xai");
  EXPECT_EQ(xai->quirks("grok-code-fast-1").reasoning_request, "");   // recorded: answered with 400
  EXPECT_EQ(xai->quirks("grok-3-mini-fast").efforts, (std::vector<std::string>{"low", "high"}));
  const auto refuses = [](const Provider& p, std::string_view model, std::string_view what) {
    const auto& list = p.quirks(model).refuses;
    return std::find(list.begin(), list.end(), what) != list.end();
  };
  EXPECT_TRUE(refuses(*xai, "grok-4.3", "stop"));
  EXPECT_FALSE(refuses(*xai, "grok-4-fast-non-reasoning", "stop"));
  EXPECT_TRUE(refuses(*xai, "grok-4-fast-non-reasoning", "tools.custom"));   // only OpenAI has them
  EXPECT_TRUE(refuses(*openai(), "o3-mini", "temperature"));
  EXPECT_FALSE(refuses(*openai(), "gpt-4o", "temperature"));
  EXPECT_EQ(openai()->quirks("o3-mini").renames, (presets::Renames{{"max_tokens", "max_completion_tokens"}}));
  EXPECT_TRUE(make_provider({"openai", "https://llm.example.com/v1", {}, {}, {}})->quirks("gpt-4o").renames.empty());
  EXPECT_EQ(service("mistral")->quirks("mistral-small-latest").call_id_length, 9);
}

TEST(Presets, WithARerankOfTheirOwnHaveEveryCallerTranslated) {
  EXPECT_TRUE(service("voyage")->own_form(Operation::rerank, "rerank-2.5"));
  EXPECT_FALSE(service("voyage")->own_form(Operation::embeddings, "voyage-3.5"));
  EXPECT_FALSE(service("jina")->own_form(Operation::rerank, "jina-reranker-v2"));
}

TEST(ModelListings, AreWhereEachProviderHasThem) {
  const auto path = [](std::string_view type, std::string_view base_url) {
    const auto listing = model_listing(type, base_url);
    return listing ? (listing->from_host ? "host:" : "") + listing->path : std::string("none");
  };
  EXPECT_EQ(path("openai", "https://api.openai.com/v1"), "/models");
  EXPECT_EQ(path("anthropic", "https://api.anthropic.com"), "/v1/models?limit=1000");
  EXPECT_EQ(path("gemini", "https://generativelanguage.googleapis.com"), "/v1beta/models?pageSize=1000");
  EXPECT_EQ(path("gemini", "https://generativelanguage.googleapis.com/v1beta"), "/models?pageSize=1000");
  EXPECT_EQ(path("ollama", "http://127.0.0.1:11434"), "/api/tags");
  EXPECT_EQ(path("github-models", "https://models.github.ai/inference"), "host:/catalog/models");
  EXPECT_EQ(path("databricks", "https://w.cloud.databricks.com/serving-endpoints"), "host:/api/2.0/serving-endpoints");
  for (const char* type : {"simulated", "bedrock", "vertex", "azure", "voyage", "perplexity", ""}) EXPECT_EQ(path(type, ""), "none") << type;
}

TEST(CompatibleProvider, IsWhatTheConfigurationSays) {
  ProviderSpec spec{"openai", "https://llm.example.com/v1", {}, {}, {}};
  spec.auth_header = "X-Key: Token";
  presets::Offer offer;
  offer.add("responses");
  offer.add("embeddings");
  spec.operations = offer;
  for (const auto& field : presets::quirk_fields())
    if (field.name == "images") spec.quirks.all.push_back({&field, false});
  const auto provider = make_provider(spec);
  Headers headers;
  provider->authorize("k", headers);
  EXPECT_EQ(headers, (Headers{{"X-Key", "Token k"}}));
  EXPECT_EQ(provider->wire(Operation::chat, Dialect::openai, "m"), &dialects::wire(Dialect::responses));
  EXPECT_EQ(provider->wire(Operation::moderations, Dialect::openai, "m"), nullptr);
  EXPECT_FALSE(provider->quirks("m").images);
}

TEST(AnthropicProvider, CarriesKeyAndVersion) {
  const auto provider = make_provider({"anthropic", std::string(""), {}, {}, {}});
  Headers headers;
  provider->authorize("secret", headers);
  provider->add_headers({Operation::chat, Dialect::anthropic, "m", true, true, {}}, headers);
  EXPECT_EQ(headers, (Headers{{"x-api-key", "secret"}, {"anthropic-version", "2023-06-01"}})) << "the caller says none";
  EXPECT_EQ(provider->path({Operation::chat, Dialect::anthropic, "m", true, true, {}}), "/v1/messages");
  EXPECT_EQ(provider->wire(Operation::chat, Dialect::openai, "m")->dialect(), Dialect::anthropic);
  EXPECT_EQ(provider->wire(Operation::embeddings, Dialect::openai, "m"), nullptr);
}

TEST(CohereProvider, PathsOperationsAndKey) {
  const auto provider = [](std::string_view url) { return make_provider({"cohere", std::string(url), {}, {}, {}}); };
  const auto cohere = provider("https://api.cohere.com");
  for (const auto operation : {Operation::chat, Operation::embeddings, Operation::rerank}) {
    EXPECT_EQ(cohere->wire(operation, Dialect::openai, "m")->dialect(), Dialect::cohere);
  }
  EXPECT_EQ(cohere->wire(Operation::moderations, Dialect::cohere, "m"), nullptr);
  const auto path = [](const auto& of, Operation operation) { return of->path({operation, Dialect::cohere, "m", true, true, {}}); };
  EXPECT_EQ(path(cohere, Operation::chat), "/v2/chat");
  EXPECT_EQ(path(cohere, Operation::embeddings), "/v2/embed");
  EXPECT_EQ(path(cohere, Operation::rerank), "/v2/rerank");
  EXPECT_EQ(path(provider("https://host/v2"), Operation::chat), "/chat");
  Headers headers;
  cohere->authorize("co-1", headers);
  EXPECT_EQ(headers, (Headers{{"Authorization", "Bearer co-1"}}));
}

TEST(OllamaProvider, PathsAndNoKey) {
  const auto ollama = make_provider({"ollama", std::string("http://127.0.0.1:11434"), {}, {}, {}});
  EXPECT_EQ(ollama->wire(Operation::chat, Dialect::cohere, "m")->dialect(), Dialect::ollama);
  EXPECT_EQ(ollama->wire(Operation::embeddings, Dialect::openai, "m")->dialect(), Dialect::ollama);
  EXPECT_EQ(ollama->wire(Operation::rerank, Dialect::openai, "m"), nullptr);
  EXPECT_EQ(ollama->path({Operation::chat, Dialect::ollama, "m", true, false, {}}), "/api/chat");
  EXPECT_EQ(ollama->path({Operation::embeddings, Dialect::ollama, "m", false, false, {}}), "/api/embed");
  Headers headers;
  ollama->authorize("", headers);
  EXPECT_TRUE(headers.empty());
}

}  // namespace
}  // namespace sluice::providers
