// Answers and events of many megabytes: passed on, translated, or refused, and metered in any case.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const HeaderList json_type = {{"content-type", "application/json"}};
const std::string ask_anthropic = R"({"model":"m","max_tokens":5,"messages":[{"role":"user","content":"q"}]})";

class LargeAnswer : public testing::Test {
 protected:
  FakeUpstream upstream;
  std::string account(const std::string& type, const std::string& base) const {
    return "accounts:\n  - id: a\n    providers:\n      - { id: t, type: " + type + ", base_url: \"" + upstream.url() + base +
           "\", api_key: sk-up, list_models: false, models: [\"*\"] }\n";
  }
};

TEST_F(LargeAnswer, IsPassedOnAsItComesAndStillMetered) {
  struct Row { std::string type, base, caller, upstream, before, after; };
  const Row rows[] = {
      {"openai", "/v1", "/v1/embeddings", "/v1/embeddings", R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[)",
       R"(]}],"model":"e","usage":{"prompt_tokens":77,"total_tokens":77}})"},
      {"cohere", "", "/cohere/v2/embed", "/v2/embed", R"({"id":"1","embeddings":{"float":[[)",
       R"(]]},"texts":["x"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":77}}})"},
      {"gemini", "", "/genai/v1beta/models/e:generateContent", "/v1beta/models/e:generateContent",
       R"({"candidates":[{"content":{"role":"model","parts":[{"text":")",
       R"("}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":77,"totalTokenCount":77}})"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.type);
    const std::string body = row.before + std::string(12u << 20, '1') + row.after;
    upstream.when(row.upstream).reply(200, json_type, body);
    GatewayUnderTest gateway(account(row.type, row.base));
    PlainClient client = gateway.connect();
    HttpAnswer answer = client.post(row.caller, R"({"model":"e","input":"x","texts":["x"],"contents":[]})");
    EXPECT_TRUE(answer.whole);
    EXPECT_TRUE(answer.body == body) << answer.status << answer.body.substr(0, 200);
    auto log = gateway.log(1);
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log[0].usage.input, 77);
    EXPECT_FALSE(log[0].usage.estimated);
  }
}

std::string completion(std::size_t size) {
  return R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":")" +
         std::string(size, 'a') + R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":9,"total_tokens":16}})";
}

TEST_F(LargeAnswer, IsTranslatedAsLongAsItCanBeHeld) {
  upstream.when("/v1/chat/completions").reply(200, json_type, completion(9u << 20));
  GatewayUnderTest gateway(account("openai", "/v1"));
  PlainClient client = gateway.connect();
  HttpAnswer answer = client.post("/anthropic/v1/messages", ask_anthropic);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body)["content"][0]["text"].get_ref<const std::string&>().size(), 9u << 20);
  EXPECT_EQ(gateway.log(1).at(0).usage.output, 9);
}

TEST_F(LargeAnswer, ThatIsTooLargeToBeTranslatedIsAnError) {
  upstream.when("/v1/chat/completions").reply(200, json_type, completion(65u << 20));
  GatewayUnderTest gateway(account("openai", "/v1"));
  PlainClient client = gateway.connect();
  HttpAnswer answer = client.post("/anthropic/v1/messages", ask_anthropic);
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.body, HasSubstr("too large to be translated"));
}

TEST_F(LargeAnswer, MayBeginWithALargeEvent) {
  const std::string image(3u << 20, 'A');
  const std::string first = "event: response.image_generation_call.partial_image\ndata: {\"type\":\"response.image_generation_call.partial_image\","
                            "\"sequence_number\":0,\"partial_image_b64\":\"" + image + "\"}\n\n";
  const std::string last = "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{\"id\":\"resp_1\","
                           "\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":5,\"output_tokens\":6,\"total_tokens\":11}}}\n\n";
  upstream.when("/v1/responses").chunks({first, last});
  GatewayUnderTest gateway(account("openai", "/v1"));
  PlainClient client = gateway.connect();
  HttpAnswer answer = client.post("/v1/responses", R"({"model":"m","input":"draw","stream":true})");
  ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 300);
  EXPECT_TRUE(answer.body == first + last);
  EXPECT_EQ(gateway.log(1).at(0).usage.output, 6);
}

}  // namespace
}  // namespace sluice::test
