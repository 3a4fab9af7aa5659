// Vertex AI: which model is asked in which dialect, under which path, with which body.
#include <gtest/gtest.h>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

const std::string host = "https://us-central1-aiplatform.googleapis.com";

std::shared_ptr<const Provider> vertex(const std::string& project = "p1", const std::string& version = "", const std::string& base_url = host) {
  return make_provider({"vertex", base_url, "us-central1", project, version});
}
Call call(std::string_view model, Dialect dialect, bool stream = false, bool verbatim = false) {
  return {Operation::chat, dialect, model, stream, verbatim, {}};
}

TEST(VertexProvider, AsksGeminiByProjectAndRegion) {
  const std::string models = "/v1/projects/p1/locations/us-central1/publishers/google/models/";
  EXPECT_EQ(vertex()->wire(Operation::chat, Dialect::openai, "gemini-2.5-pro"), &dialects::wire(Dialect::gemini));
  EXPECT_EQ(vertex()->path(call("gemini-2.5-pro", Dialect::gemini)), models + "gemini-2.5-pro:generateContent");
  EXPECT_EQ(vertex()->path(call("google/gemini-2.5-pro", Dialect::gemini)), models + "gemini-2.5-pro:generateContent");
  EXPECT_EQ(vertex()->path(call("gemini-2.5-pro", Dialect::gemini, true)), models + "gemini-2.5-pro:streamGenerateContent?alt=sse");
  EXPECT_EQ(vertex()->path(call("gemini-2.5-pro", Dialect::gemini, true, true)), models + "gemini-2.5-pro:streamGenerateContent");
  EXPECT_EQ(vertex()->path({Operation::count_tokens, Dialect::gemini, "gemini-2.5-pro", false, true, {}}), models + "gemini-2.5-pro:countTokens");
  EXPECT_EQ(vertex()->path(call("../x?y", Dialect::gemini)), models + "..%2Fx%3Fy:generateContent");
}

TEST(VertexProvider, TheVersionIsTheOperatorsOrTheAddresss) {
  EXPECT_EQ(vertex("p1", "v1beta1")->path(call("g", Dialect::gemini)), "/v1beta1/projects/p1/locations/us-central1/publishers/google/models/g:generateContent");
  const auto written = vertex("p1", "", host + "/v1beta1");
  EXPECT_EQ(written->base_path("/v1beta1"), "");
  EXPECT_EQ(written->base_path("/proxy/v1"), "/proxy");
  EXPECT_TRUE(written->path(call("g", Dialect::gemini)).starts_with("/v1beta1/projects/"));
}

TEST(VertexProvider, ExpressModeHasNoProject) {
  EXPECT_EQ(vertex("")->path(call("gemini-2.5-pro", Dialect::gemini)), "/v1/publishers/google/models/gemini-2.5-pro:generateContent");
  Headers headers;
  vertex("")->authorize("k", headers);
  EXPECT_EQ(headers, (Headers{{"x-goog-api-key", "k"}}));
}

TEST(VertexProvider, ClaudeIsAskedInAnthropicsDialect) {
  const std::string models = "/v1/projects/p1/locations/us-central1/publishers/anthropic/models/";
  const std::string model = "claude-haiku-4-5@20251001";
  EXPECT_EQ(vertex()->wire(Operation::chat, Dialect::gemini, model)->dialect(), Dialect::anthropic);
  EXPECT_EQ(vertex()->wire(Operation::embeddings, Dialect::openai, model), nullptr);
  EXPECT_EQ(vertex()->path(call(model, Dialect::anthropic)), models + model + ":rawPredict");
  EXPECT_EQ(vertex()->path(call(model, Dialect::anthropic, true)), models + model + ":streamRawPredict");
  EXPECT_EQ(vertex()->path({Operation::count_tokens, Dialect::anthropic, model, false, true, {}}), models + "count-tokens:rawPredict");
}

TEST(VertexProvider, ClaudesBodyHasTheVersionAndNotTheModel) {
  const auto adapted = [](std::string_view body, Operation operation = Operation::chat) {
    return vertex()->adapt({operation, Dialect::anthropic, "claude", false, true, {}}, body).value_or("as it is");
  };
  EXPECT_EQ(adapted(R"({"model":"claude", "max_tokens": 1E2,"messages":[] })"),
            R"({"max_tokens": 1E2,"messages":[],"anthropic_version":"vertex-2023-10-16" })");
  EXPECT_EQ(adapted(R"({"anthropic_version":"x","model":"claude"})"), R"({"anthropic_version":"x"})") << "the caller's own version";
  EXPECT_EQ(adapted(R"({"model":"claude","messages":[]})", Operation::count_tokens),
            R"({"model":"claude","messages":[],"anthropic_version":"vertex-2023-10-16"})");
}

TEST(VertexProvider, CountingTakesTheInnerRequest) {
  const auto adapted = [](std::string_view body) {
    return vertex()->adapt({Operation::count_tokens, Dialect::gemini, "g", false, true, {}}, body);
  };
  EXPECT_EQ(adapted(R"({"generateContentRequest":{"model":"models/g","contents":[1]}})"), R"({"contents":[1]})");
  EXPECT_EQ(adapted(R"({"contents":[1]})"), std::nullopt);
}

TEST(VertexProvider, OtherPublishersSpeakOpenAisDialect) {
  EXPECT_EQ(vertex()->wire(Operation::chat, Dialect::gemini, "meta/llama-4-maverick")->dialect(), Dialect::openai);
  EXPECT_EQ(vertex()->path(call("meta/llama-4-maverick", Dialect::openai)), "/v1/projects/p1/locations/us-central1/endpoints/openapi/chat/completions");
}

TEST(VertexProvider, EmbeddingsAreAPrediction) {
  const auto* wire = vertex()->wire(Operation::embeddings, Dialect::openai, "text-embedding-005");
  ASSERT_NE(wire, nullptr);
  EXPECT_FALSE(wire->passes(Dialect::gemini)) << "Gemini's own form of embeddings is another";
  EXPECT_TRUE(wire->translates(Operation::embeddings));
  EXPECT_EQ(vertex()->path({Operation::embeddings, Dialect::gemini, "text-embedding-005", false, false, {}}),
            "/v1/projects/p1/locations/us-central1/publishers/google/models/text-embedding-005:predict");
}

}  // namespace
}  // namespace sluice::providers
