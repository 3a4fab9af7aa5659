// Which dialect each provider is asked in, under which path, and with which headers.
#include <gtest/gtest.h>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

std::shared_ptr<const Provider> openai() { return make_provider({"openai", std::string("https://api.openai.com/v1"), {}, {}, {}}); }

TEST(Registry, KnowsItsTypesAndNoOthers) {
  for (const std::string_view type : {"openai", "anthropic", "azure", "vertex", "simulated"}) {
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

TEST(AnthropicProvider, CarriesKeyAndVersion) {
  const auto provider = make_provider({"anthropic", std::string(""), {}, {}, {}});
  Headers headers;
  provider->authorize("secret", headers);
  EXPECT_EQ(headers, (Headers{{"x-api-key", "secret"}, {"anthropic-version", "2023-06-01"}}));
  EXPECT_EQ(provider->path({Operation::chat, Dialect::anthropic, "m", true, true, {}}), "/v1/messages");
  EXPECT_EQ(provider->wire(Operation::chat, Dialect::openai, "m")->dialect(), Dialect::anthropic);
  EXPECT_EQ(provider->wire(Operation::embeddings, Dialect::openai, "m"), nullptr);
}

}  // namespace
}  // namespace sluice::providers
