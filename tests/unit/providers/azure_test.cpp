// Azure: by which URL each form of it is asked, in which dialect, with which headers.
#include <gtest/gtest.h>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

const std::string openai_host = "https://name.openai.azure.com", foundry = "https://name.services.ai.azure.com";

struct Asked { std::string path; Headers headers; };

std::shared_ptr<const Provider> azure(const std::string& base_url, const std::string& version = "") {
  return make_provider({"azure", base_url, {}, {}, version});
}
// What goes behind the host for a base URL of this path.
std::string target(const std::string& base_url, const std::string& base_path, Call call, const std::string& version = "") {
  const auto provider = azure(base_url, version);
  return provider->base_path(base_path) + provider->path(call);
}
Call chat(std::string_view model = "gpt-4o", Dialect dialect = Dialect::openai) { return {Operation::chat, dialect, model, false, true, {}}; }
Call of(Operation operation, Dialect dialect = Dialect::openai, std::string_view rest = {}) { return {operation, dialect, "d 1", false, true, rest}; }

TEST(AzureProvider, AsksDeploymentsWithAVersion) {
  for (const std::string path : {"", "/openai"}) {
    EXPECT_EQ(target(openai_host + path, path, chat()), "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  }
  EXPECT_EQ(target(openai_host, "", chat(), "2023-07-01-preview"), "/openai/deployments/gpt-4o/chat/completions?api-version=2023-07-01-preview");
  EXPECT_EQ(target("https://proxy/azure", "/azure", chat()), "/azure/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(target(openai_host, "", of(Operation::embeddings)), "/openai/deployments/d%201/embeddings?api-version=2024-10-21");
  EXPECT_EQ(target(openai_host, "", of(Operation::image_generations)), "/openai/deployments/d%201/images/generations?api-version=2024-10-21");
  EXPECT_EQ(target(openai_host, "", of(Operation::transcriptions)), "/openai/deployments/d%201/audio/transcriptions?api-version=2024-10-21");
}

TEST(AzureProvider, ResponsesAreTheResourcesOwn) {
  EXPECT_EQ(target(openai_host, "", chat("gpt-5", Dialect::responses)), "/openai/responses?api-version=2025-04-01-preview");
  EXPECT_EQ(target(openai_host, "", of(Operation::stored_response, Dialect::responses, "/resp_1/cancel")),
            "/openai/responses/resp_1/cancel?api-version=2025-04-01-preview");
  EXPECT_EQ(target(openai_host + "/openai/v1", "/openai/v1", chat("gpt-5", Dialect::responses)), "/openai/v1/responses");
  EXPECT_EQ(azure(openai_host)->wire(Operation::chat, Dialect::responses, "gpt-5"), &dialects::wire(Dialect::responses));
}

TEST(AzureProvider, AsksByResponsesForOthersWhereTheModelWantsIt) {
  const auto asked = [](const std::string& base_url, Dialect caller, const std::string& version = "", std::string_view model = "gpt-5.4") {
    return azure(base_url, version)->wire(Operation::chat, caller, model)->dialect();
  };
  for (const std::string& base_url : {openai_host, openai_host + "/openai/v1", foundry}) {
    EXPECT_EQ(asked(base_url, Dialect::anthropic), Dialect::responses);
    EXPECT_EQ(asked(base_url, Dialect::openai), Dialect::openai);
    EXPECT_EQ(asked(base_url, Dialect::anthropic, "", "gpt-5.1"), Dialect::openai);
  }
  EXPECT_EQ(asked(foundry + "/models", Dialect::anthropic), Dialect::openai);
  EXPECT_EQ(asked(openai_host, Dialect::anthropic, "2024-10-21"), Dialect::openai) << "a version from before the Responses API";
  EXPECT_EQ(asked(openai_host, Dialect::anthropic, "2025-04-01-preview"), Dialect::responses);
}

TEST(AzureProvider, TheV1ApiNeedsNoVersion) {
  for (const std::string& host : {openai_host, foundry}) {
    EXPECT_EQ(target(host + "/openai/v1", "/openai/v1", chat()), "/openai/v1/chat/completions");
    EXPECT_EQ(target(host + "/openai/v1/", "/openai/v1", chat(), "preview"), "/openai/v1/chat/completions?api-version=preview");
  }
  EXPECT_EQ(target(foundry, "", chat()), "/openai/v1/chat/completions");
}

TEST(AzureProvider, TheCatalogueNamesTheModelInTheBody) {
  EXPECT_EQ(target(foundry + "/models", "/models", chat("grok-4")), "/models/chat/completions?api-version=2024-05-01-preview");
  EXPECT_EQ(azure(foundry + "/models")->wire(Operation::chat, Dialect::responses, "grok-4")->dialect(), Dialect::openai);
  EXPECT_EQ(azure(foundry + "/models")->wire(Operation::speech, Dialect::openai, "tts"), nullptr);
}

TEST(AzureProvider, ClaudeSpeaksAnthropicsDialect) {
  for (const std::string path : {"", "/openai/v1", "/anthropic", "/anthropic/v1"}) {
    const auto provider = azure(foundry + path);
    ASSERT_EQ(provider->wire(Operation::chat, Dialect::openai, "claude-haiku-4-5")->dialect(), Dialect::anthropic);
    EXPECT_EQ(target(foundry + path, path, chat("claude-haiku-4-5", Dialect::anthropic)), "/anthropic/v1/messages");
    EXPECT_EQ(provider->wire(Operation::embeddings, Dialect::openai, "claude-haiku-4-5"), nullptr);
  }
  // Whatever the deployment is called.
  EXPECT_EQ(azure(foundry + "/anthropic")->wire(Operation::chat, Dialect::openai, "mine")->dialect(), Dialect::anthropic);
  Headers translated, verbatim;
  azure(foundry)->add_headers({Operation::chat, Dialect::anthropic, "claude", false, false, {}}, translated);
  http::Fields callers;
  callers.add(http::FieldName::unknown, "Anthropic-Version", "2026-10-21");
  azure(foundry)->add_headers({Operation::chat, Dialect::anthropic, "claude", false, true, {}, &callers}, verbatim);
  EXPECT_EQ(translated, (Headers{{"anthropic-version", "2023-06-01"}}));
  EXPECT_TRUE(verbatim.empty()) << "the caller's own is sent";
}

TEST(AzureProvider, TakesItsKeyInItsOwnHeader) {
  Headers headers;
  azure(openai_host)->authorize("k", headers);
  EXPECT_EQ(headers, (Headers{{"api-key", "k"}}));
  EXPECT_EQ(azure(openai_host)->authority(), Authority::entra_token);
}

TEST(AzureProvider, HasNoModerationsRerankOrVariations) {
  for (const auto operation : {Operation::moderations, Operation::rerank, Operation::image_variations, Operation::count_tokens}) {
    EXPECT_EQ(azure(openai_host)->wire(operation, Dialect::openai, "m"), nullptr);
  }
}

}  // namespace
}  // namespace sluice::providers
