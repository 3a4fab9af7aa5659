// Google's Gemini API as a provider: where which operation is asked for, and with which credential.
#include <gtest/gtest.h>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

std::shared_ptr<const Provider> gemini(std::string base_url = "https://generativelanguage.googleapis.com/v1beta") {
  ProviderSpec spec;
  spec.type = "gemini";
  spec.base_url = std::move(base_url);
  return make_provider(spec);
}

Call call(Operation operation, std::string_view model, bool stream, bool verbatim, std::string_view rest = {}) {
  return {operation, Dialect::gemini, model, stream, verbatim, rest};
}

TEST(GeminiProvider, PathsOfItsOperations) {
  const auto provider = gemini();
  ASSERT_NE(provider, nullptr);
  EXPECT_EQ(provider->path(call(Operation::chat, "gemini-2.5-flash", false, false)), "/models/gemini-2.5-flash:generateContent");
  EXPECT_EQ(provider->path(call(Operation::chat, "gemini-2.5-flash", true, false)), "/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
  EXPECT_EQ(provider->path(call(Operation::chat, "models/gemini-2.5-flash", true, true, "streamGenerateContent")),
            "/models/gemini-2.5-flash:streamGenerateContent");   // the caller's own query follows
  EXPECT_EQ(provider->path(call(Operation::count_tokens, "tunedModels/mine-1", false, false)), "/tunedModels/mine-1:countTokens");
  EXPECT_EQ(provider->path(call(Operation::embeddings, "gemini-embedding-001", false, true, "embedContent")), "/models/gemini-embedding-001:embedContent");
  EXPECT_EQ(provider->path(call(Operation::embeddings, "gemini-embedding-001", false, true, "batchEmbedContents")), "/models/gemini-embedding-001:batchEmbedContents");
  EXPECT_EQ(provider->path(call(Operation::embeddings, "gemini-embedding-001", false, false)), "/models/gemini-embedding-001:batchEmbedContents");
}

TEST(GeminiProvider, ANameCannotLeaveItsPlaceInThePath) {
  EXPECT_EQ(gemini()->path(call(Operation::chat, "../x?key=1#y:z", false, false)), "/models/..%2Fx%3Fkey%3D1%23y%3Az:generateContent");
}

TEST(GeminiProvider, TheVersionMayStandInTheBaseUrlOrNot) {
  const Call one = call(Operation::chat, "m", false, false);
  EXPECT_EQ(gemini("https://generativelanguage.googleapis.com")->path(one), "/v1beta/models/m:generateContent");
  EXPECT_EQ(gemini("http://127.0.0.1:80/")->path(one), "/v1beta/models/m:generateContent");
  EXPECT_EQ(gemini("https://proxy/google/v1alpha/")->path(one), "/models/m:generateContent");
}

TEST(GeminiProvider, TheKeyGoesIntoItsHeader) {
  Headers headers;
  gemini()->authorize("secret", headers);
  EXPECT_EQ(headers, (Headers{{"x-goog-api-key", "secret"}}));
  headers.clear();
  gemini()->authorize("", headers);
  EXPECT_TRUE(headers.empty());
}

TEST(GeminiProvider, WhatItCanDo) {
  const auto provider = gemini();
  for (const Operation operation : {Operation::chat, Operation::count_tokens, Operation::embeddings}) {
    const auto* const wire = provider->wire(operation, Dialect::openai, "m");
    ASSERT_NE(wire, nullptr);
    EXPECT_EQ(wire->dialect(), Dialect::gemini);
    EXPECT_TRUE(wire->translates(operation));
  }
  EXPECT_EQ(provider->wire(Operation::speech, Dialect::openai, "m"), nullptr);
}

}  // namespace
}  // namespace sluice::providers
