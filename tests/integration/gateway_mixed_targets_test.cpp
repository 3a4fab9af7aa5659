// Conversations and stored answers of which only some targets know.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const HeaderList json_type = {{"content-type", "application/json"}};
const std::string claude_answer =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"good"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":5}})";

class MixedTargets : public testing::Test {
 protected:
  FakeUpstream one, other;
  static std::string accounts(const std::string& targets) { return "accounts:\n  - id: a\n    providers:\n" + targets; }
  static std::string target(const std::string& type, const std::string& url) {
    return "      - { id: t, type: " + type + ", base_url: \"" + url + "\", api_key: sk-up, list_models: false, models: [\"*\"] }\n";
  }
};

TEST_F(MixedTargets, ThoughtsOfAnotherMakerDoNotReachAProviderOfTheCallersDialect) {
  one.when("/v1/messages").reply(200, json_type, claude_answer);
  GatewayUnderTest gateway(accounts(target("anthropic", one.url())));
  PlainClient client = gateway.connect();
  for (const std::string signature : {"sluice:google:U0lHZw==", ""}) {
    const std::string body =
        R"({"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[)"
        R"({"type":"thinking","thinking":"hm","signature":")" + signature + R"("},{"type":"thinking","thinking":"mine","signature":"RXJyb3I="},)"
        R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"4"}]}]})";
    HttpAnswer answer = client.post("/anthropic/v1/messages", body);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["content"][0]["text"], "good");
    const std::string sent = one.requests().back().body;
    EXPECT_THAT(sent, Not(HasSubstr("hm")));
    EXPECT_THAT(sent, HasSubstr("RXJyb3I=")) << "its own are kept";
    EXPECT_THAT(sent, HasSubstr("toolu_1"));
    EXPECT_NE(answer.header("x-sluice-dropped"), "") << "and it is told";
  }
  const std::string own = R"({"model":"claude-sonnet-4-5", "max_tokens":50,"messages":[{"role":"user","content":"q"}]})";
  EXPECT_EQ(client.post("/anthropic/v1/messages", own).status, 200);
  EXPECT_EQ(one.requests().back().body, own) << "all else passes byte for byte";
}

TEST_F(MixedTargets, TheCallersVersionOfTheApiGoesBeforeOurs) {
  one.when("/v1/messages").reply(200, json_type, claude_answer);
  GatewayUnderTest gateway(accounts(target("anthropic", one.url())));
  PlainClient client = gateway.connect();
  const std::string body = R"({"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{"role":"user","content":"q"}]})";
  EXPECT_EQ(client.post("/anthropic/v1/messages", body, "anthropic-version: 2026-10-21\r\n").status, 200);
  EXPECT_EQ(one.requests().back().header("anthropic-version"), "2026-10-21");
  EXPECT_THAT(one.requests().back().head, Not(HasSubstr("2023-06-01")));
  EXPECT_EQ(client.post("/anthropic/v1/messages", body).status, 200);
  EXPECT_EQ(one.requests().back().header("anthropic-version"), "2023-06-01");
}

TEST_F(MixedTargets, ClaudeOnAzureIsAskedInItsOwnDialectByOpenAisCallers) {
  one.when("/anthropic/v1/messages").reply(200, json_type, claude_answer);
  GatewayUnderTest gateway(accounts(target("azure", one.url() + "/openai/v1")));
  HttpAnswer answer = gateway.chat(R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":"q"}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["choices"][0]["message"]["content"], "good");
  EXPECT_EQ(one.requests().back().target, "/anthropic/v1/messages");
}

class StoredResponses : public MixedTargets {
 protected:
  void SetUp() override {
    one.when("/v1/responses/resp_1").reply(404, json_type, R"({"error":{"message":"Response with id 'resp_1' not found.","type":"invalid_request_error","param":null,"code":null}})");
    other.when("/v1/responses/resp_1").reply(200, json_type, R"({"id":"resp_1","object":"response","status":"completed","model":"m","output":[],"usage":null})");
    for (FakeUpstream* each : {&one, &other}) {
      each->when("/v1/chat/completions").reply(200, json_type, R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"good"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})");
    }
  }
  std::string both() const {
    return accounts(openai_target("first", one.url(), "models: [\"*\"], list_models: false") +
                    openai_target("second", other.url(), "models: [\"*\"], list_models: false, weight: 0"));
  }
};

TEST_F(StoredResponses, AreAskedForUntilATargetHasThem) {
  GatewayUnderTest gateway(both());
  PlainClient client = gateway.connect();
  for (int i = 0; i < 12; ++i) {
    HttpAnswer answer = client.get("/v1/responses/resp_1");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["id"], "resp_1");
  }
  const std::size_t asked = one.requests().size();
  EXPECT_GT(asked, 0u);
  EXPECT_EQ(gateway.chat(R"({"model":"m","messages":[{"role":"user","content":"hi"}]})").header("x-sluice-provider"), "first")
      << "a target that works is not taken for one that fails";
}

TEST_F(StoredResponses, AreNamedByAnIdAndNothingElse) {
  GatewayUnderTest gateway(both());
  PlainClient client = gateway.connect();
  for (const std::string id : {"..%2ffiles%2ffile-1", "..", "%2e%2e", "resp_1%00", "resp_1%3fx", "a.b"}) {
    EXPECT_EQ(client.get("/v1/responses/" + id).status, 404) << id;
    EXPECT_EQ(client.post("/v1/responses/" + id + "/cancel", "").status, 404) << id;
  }
  EXPECT_EQ(client.post("/bedrock/model/../converse", R"({"messages":[{"role":"user","content":[{"text":"q"}]}]})").status, 400);
  EXPECT_TRUE(one.requests().empty());
  EXPECT_TRUE(other.requests().empty());
}

}  // namespace
}  // namespace sluice::test
