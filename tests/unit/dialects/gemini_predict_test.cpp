// Embeddings in Vertex AI's own form.
#include <gtest/gtest.h>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects {
namespace {

llm::EmbeddingRequest request(std::vector<std::string> texts) {
  llm::EmbeddingRequest made;
  for (std::string& text : texts) made.inputs.push_back({std::move(text)});
  return made;
}
Result<Encoded> encoded(const llm::EmbeddingRequest& made) { return predict_wire().encode_embedding(made, {"m", no_quirks()}); }

TEST(GeminiPredict, WritesInstancesAndParameters) {
  EXPECT_EQ(encoded(request({"a\"b", "c"}))->body, R"({"instances":[{"content":"a\"b"},{"content":"c"}]})");
  auto full = request({"a"});
  full.dimensions = 256;
  full.purpose = "document";
  full.title = "T";
  full.truncate = false;
  EXPECT_EQ(encoded(full)->body,
            R"({"instances":[{"content":"a","task_type":"RETRIEVAL_DOCUMENT","title":"T"}],"parameters":{"outputDimensionality":256,"autoTruncate":false}})");
}

TEST(GeminiPredict, SaysWhatItCannotSay) {
  auto made = request({"a"});
  made.user = "u";
  made.others.emplace_back("output_dtype", "\"int8\"");
  EXPECT_EQ(encoded(made)->dropped, (std::vector<std::string>{"user", "output_dtype"}));
  made.inputs.front().tokens = {1, 2};
  const auto refused = encoded(made);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param(), "input");
}

TEST(GeminiPredict, ReadsVectorsAsTheyAreWritten) {
  const std::string body =
      R"({"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":6},"values":[-0.010, 1e-9]}},)"
      R"({"embeddings":{"values":[2],"statistics":{"token_count":3.0}}}],"metadata":{"billableCharacterCount":11}})";
  const auto answer = predict_wire().decode_embedding(body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->vectors, (std::vector<std::string>{"[-0.010, 1e-9]", "[2]"}));
  EXPECT_EQ(answer->usage.input, 9);
  EXPECT_EQ(predict_wire().usage_of(llm::Operation::embeddings, body)->input, 9);
}

TEST(GeminiPredict, RefusesWhatHoldsNone) {
  for (const char* body : {"", "[]", "{}", R"({"predictions":{}})", R"({"predictions":[]})", R"({"predictions":[{"embeddings":{}}]})",
                           R"({"predictions":[{"embeddings":{"values":1}}]})", R"({"predictions":[{"embeddings":{"values":[1]}},7]})"}) {
    EXPECT_FALSE(predict_wire().decode_embedding(body)) << body;
  }
}

}  // namespace
}  // namespace sluice::dialects
