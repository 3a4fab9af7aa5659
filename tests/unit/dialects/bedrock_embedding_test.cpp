// Embeddings by InvokeModel: each maker's request and answer (docs.aws.amazon.com/bedrock: Titan, Cohere, Nova).
#include <gtest/gtest.h>

#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;

llm::EmbeddingRequest asking(std::vector<std::string> texts) {
  llm::EmbeddingRequest request;
  for (auto& text : texts) request.inputs.push_back({std::move(text), {}});
  return request;
}
Result<Encoded> encode(const llm::EmbeddingRequest& request, std::string_view model) { return bedrock_wire().encode_embedding(request, {model, no_quirks()}); }

TEST(BedrockEmbedding, Titan) {
  auto request = asking({"a \"b\""});
  request.dimensions = 256;
  EXPECT_EQ(encode(request, "amazon.titan-embed-text-v2:0")->body, R"({"inputText":"a \"b\"","dimensions":256})");
  const auto first = encode(request, "amazon.titan-embed-text-v1");
  EXPECT_EQ(first->body, R"({"inputText":"a \"b\""})");
  EXPECT_EQ(first->dropped, std::vector<std::string>{"dimensions"});
  EXPECT_EQ(encode(request, "amazon.titan-embed-image-v1")->body, R"({"inputText":"a \"b\"","embeddingConfig":{"outputEmbeddingLength":256}})");
  const auto answer = bedrock_wire().decode_embedding(R"({"embedding":[0.1,-2e-3],"embeddingsByType":{"float":[0.1,-2e-3]},"inputTextTokenCount":5})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->vectors, std::vector<std::string>{"[0.1,-2e-3]"});
  EXPECT_EQ(answer->usage.input, 5);
}

TEST(BedrockEmbedding, OneTextARequest) {
  for (const std::string_view model : {"amazon.titan-embed-text-v2:0", "amazon.nova-2-multimodal-embeddings-v1:0"}) {
    const auto refused = encode(asking({"a", "b"}), model);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::bad_request);
    EXPECT_EQ(refused.error().param(), "input");
  }
  llm::EmbeddingRequest tokens;
  tokens.inputs.push_back({{}, {1, 2}});
  EXPECT_EQ(encode(tokens, "cohere.embed-english-v3").error().param(), "input");
  EXPECT_EQ(encode(asking({"a"}), "amazon.nova-lite-v1:0").error().param(), "model");
}

TEST(BedrockEmbedding, Cohere) {
  auto request = asking({"a", "b"});
  request.dimensions = 512;
  request.truncate = false;
  EXPECT_EQ(encode(request, "us.cohere.embed-v4:0")->body,
            R"({"texts":["a","b"],"input_type":"search_document","truncate":"NONE","embedding_types":["float"],"output_dimension":512})");
  request.purpose = "query";
  const auto third = encode(request, "cohere.embed-multilingual-v3");
  EXPECT_EQ(third->body, R"({"texts":["a","b"],"input_type":"search_query","truncate":"NONE"})");
  EXPECT_EQ(third->dropped, std::vector<std::string>{"dimensions"});
  const std::vector<std::string> two = {"[1]", "[2]"};
  EXPECT_EQ(bedrock_wire().decode_embedding(R"({"id":"i","embeddings":[[1],[2]],"response_type":"embeddings_floats","texts":["a","b"]})")->vectors, two);
  EXPECT_EQ(bedrock_wire().decode_embedding(R"({"id":"i","embeddings":{"float":[[1],[2]]},"response_type":"embeddings_by_type"})")->vectors, two);
}

TEST(BedrockEmbedding, Nova) {
  auto request = asking({"a"});
  request.dimensions = 384;
  request.purpose = "clustering";
  EXPECT_EQ(encode(request, "amazon.nova-2-multimodal-embeddings-v1:0")->body,
            R"({"schemaVersion":"nova-multimodal-embed-v1","taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"CLUSTERING","embeddingDimension":384,)"
            R"("text":{"truncationMode":"END","value":"a"}}})");
  EXPECT_EQ(bedrock_wire().decode_embedding(R"({"embeddings":[{"embeddingType":"TEXT","embedding":[1,2]}]})")->vectors, std::vector<std::string>{"[1,2]"});
}

TEST(BedrockEmbedding, WhatIsNoAnswer) {
  for (const std::string_view body : {"", "{}", R"({"embedding":1})", R"({"embeddings":[]})", R"({"embedding":[1)"}) {
    EXPECT_FALSE(bedrock_wire().decode_embedding(body)) << body;
  }
  EXPECT_TRUE(bedrock_wire().failure_in_success(llm::Operation::embeddings, {}, R"({"message":"no"})"));
  EXPECT_FALSE(bedrock_wire().failure_in_success(llm::Operation::embeddings, {}, R"({"embedding":[1],"inputTextTokenCount":1})"));
}

}  // namespace
}  // namespace sluice::dialects
