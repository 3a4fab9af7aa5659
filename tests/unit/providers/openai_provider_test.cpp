#include "openai_support.hpp"

namespace sluice::providers {
namespace {

TEST(Registry, KnowsItsTypesAndNoOthers) {
  for (const std::string_view type : {"openai", "anthropic", "simulated"}) {
    const auto provider = make_provider(type, "");
    ASSERT_NE(provider, nullptr) << type;
    EXPECT_EQ(provider->type(), type);
  }
  for (const std::string_view type : {"", "OpenAI", "azure", "openai "})
    EXPECT_EQ(make_provider(type, ""), nullptr) << type;
}

TEST(OpenAiProvider, SpeaksItsDialectOnly) {
  for (const auto operation : {llm::Operation::chat, llm::Operation::completions, llm::Operation::embeddings}) {
    EXPECT_TRUE(openai_provider().speaks(llm::Dialect::openai, operation));
    EXPECT_FALSE(openai_provider().speaks(llm::Dialect::anthropic, operation));
    EXPECT_TRUE(openai_provider().serves(operation));
  }
  EXPECT_EQ(openai_provider().translator(), nullptr);
}

TEST(OpenAiProvider, Paths) {
  EXPECT_EQ(openai_provider().path(llm::Operation::chat, "m", true), "/chat/completions");
  EXPECT_EQ(openai_provider().path(llm::Operation::completions, "m", false), "/completions");
  EXPECT_EQ(openai_provider().path(llm::Operation::embeddings, "m", false), "/embeddings");
}

TEST(OpenAiProvider, CredentialsGoIntoTheHeaderTheServiceReads) {
  const auto header = [](std::string_view base_url) {
    Headers out;
    make_provider("openai", base_url)->authorize("sk-1", out);
    return out;
  };
  EXPECT_EQ(header("https://api.openai.com/v1"), (Headers{{"Authorization", "Bearer sk-1"}}));
  EXPECT_EQ(header("https://name.openai.azure.com/openai/v1"), (Headers{{"api-key", "sk-1"}}));
  EXPECT_EQ(header("https://name.services.ai.azure.com:443/models"), (Headers{{"api-key", "sk-1"}}));
  EXPECT_EQ(header("https://evil.example/.openai.azure.com"), (Headers{{"Authorization", "Bearer sk-1"}}));
  Headers none;
  openai_provider().authorize("", none);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace sluice::providers
