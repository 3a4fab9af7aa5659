// How Bedrock is asked: paths with model ids of every kind, and the credential.
#include <gtest/gtest.h>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

std::shared_ptr<const Provider> bedrock() { return make_provider({"bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "us-east-1", {}, {}}); }

TEST(BedrockProvider, PathsHoldTheModelAsOneSegment) {
  const auto path = [](Operation operation, std::string_view model, bool stream = false) {
    return bedrock()->path({operation, Dialect::bedrock, model, stream, true, {}});
  };
  EXPECT_EQ(path(Operation::chat, "us.amazon.nova-2-lite-v1:0"), "/model/us.amazon.nova-2-lite-v1%3A0/converse");
  EXPECT_EQ(path(Operation::chat, "m", true), "/model/m/converse-stream");
  EXPECT_EQ(path(Operation::embeddings, "amazon.titan-embed-text-v2:0"), "/model/amazon.titan-embed-text-v2%3A0/invoke");
  EXPECT_EQ(path(Operation::count_tokens, "m"), "/model/m/count-tokens");
  EXPECT_EQ(path(Operation::chat, "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc"),
            "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc/converse");
  EXPECT_EQ(path(Operation::chat, "../../a?b#c\r\n"), "/model/..%2F..%2Fa%3Fb%23c%0D%0A/converse");
}

TEST(BedrockProvider, SpeaksItsDialectForWhatItHas) {
  for (const auto operation : {Operation::chat, Operation::embeddings, Operation::count_tokens}) {
    for (const auto caller : llm::all_dialects) EXPECT_EQ(bedrock()->wire(operation, caller, "m")->dialect(), Dialect::bedrock);
    EXPECT_TRUE(bedrock()->wire(operation, Dialect::openai, "m")->translates(operation));
  }
  for (const auto operation : {Operation::rerank, Operation::moderations, Operation::image_generations, Operation::speech, Operation::stored_response}) {
    EXPECT_EQ(bedrock()->wire(operation, Dialect::openai, "m"), nullptr);
  }
}

TEST(BedrockProvider, SignsOrCarriesAKeyOfItsOwn) {
  EXPECT_EQ(bedrock()->authority(), Authority::aws_signature);
  Headers headers, none;
  bedrock()->authorize("bedrock-api-key", headers);
  EXPECT_EQ(headers, (Headers{{"Authorization", "Bearer bedrock-api-key"}}));
  bedrock()->authorize("", none);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace sluice::providers
