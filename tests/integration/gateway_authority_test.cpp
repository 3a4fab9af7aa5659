// Providers that are shown a token: fetched once for all who wait, renewed, replaced when refused; what goes wrong on
// the way; and that none of it is ever told.
#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const HeaderList as_json = {{"content-type", "application/json"}};
const std::string claude = R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"good"}],)"
                           R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}})";
const std::string ask = R"({"model":"claude-x", "max_tokens":5, "messages":[{"role":"user","content":"hi"}]})";
const std::string raw_predict = "/v1/projects/p1/locations/eu/publishers/anthropic/models/claude-x:rawPredict";

std::string token(const std::string& text, int lasts = 3600) {
  return R"({"access_token":")" + text + R"(","expires_in":)" + std::to_string(lasts) + R"(,"token_type":"Bearer"})";
}

class GatewayAuthority : public testing::Test {
 protected:
  FakeUpstream provider, tokens;

  std::string vertex(const std::string& id = "vertex", const std::string& more = "weight: 1") const {
    return "      - { id: " + id + ", type: vertex, base_url: \"" + provider.url() + "\", project: p1, region: eu, model: claude-x, " + more +
           ", credentials: '{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"hush-secret\",\"refresh_token\":\"hush-refresh\",\"token_uri\":\"" +
           tokens.url() + "/token\"}' }\n";
  }
  static std::string account(const std::string& targets) { return "accounts:\n  - id: a\n    providers:\n" + targets; }
  static HttpAnswer messages(const GatewayUnderTest& gateway) {
    PlainClient client(gateway.port());
    return client.post("/anthropic/v1/messages", ask, "anthropic-version: 2023-06-01\r\nx-api-key: caller\r\n");
  }
};

TEST_F(GatewayAuthority, ATokenIsFetchedOnceAndShown) {
  tokens.when("/token").reply(200, as_json, token("tok-1"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = messages(gateway);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, claude);
    EXPECT_EQ(answer.header("x-sluice-attempts"), "1");
  }
  EXPECT_EQ(tokens.requests().size(), 1u);
  const Received asked = provider.requests().at(0);
  EXPECT_EQ(asked.header("authorization"), "Bearer tok-1");
  EXPECT_EQ(asked.header("x-api-key"), "");
  EXPECT_EQ(asked.body, R"({"max_tokens":5, "messages":[{"role":"user","content":"hi"}],"anthropic_version":"vertex-2023-10-16"})");
}

TEST_F(GatewayAuthority, TranslatedRequestsAreShownItToo) {
  tokens.when("/token").reply(200, as_json, token("tok-1"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  const HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("\"content\":\"good\""));
  EXPECT_EQ(provider.requests().at(0).header("authorization"), "Bearer tok-1");
}

TEST_F(GatewayAuthority, ManyWaitForOneFetch) {
  Gate gate;
  tokens.when("/token").wait(gate).reply(200, as_json, token("tok-1"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  std::vector<std::unique_ptr<PlainClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<PlainClient>(gateway.port()));
    clients.back()->send("POST /anthropic/v1/messages HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask);
  }
  ASSERT_TRUE(tokens.wait_requests(1));
  gate.open();
  for (auto& client : clients) EXPECT_EQ(client->read_answer().status, 200);
  EXPECT_EQ(tokens.requests().size(), 1u);
  EXPECT_EQ(provider.requests().size(), 20u);
}

class RefusedToken : public GatewayAuthority, public testing::WithParamInterface<int> {};
TEST_P(RefusedToken, IsReplacedOnce) {
  tokens.when("/token").reply(200, as_json, token("tok-1"));
  tokens.when("/token").reply(200, as_json, token("tok-2"));
  provider.when(raw_predict).reply(GetParam(), as_json, R"({"error":{"message":"tok-1 is no more"}})");
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  const HttpAnswer answer = messages(gateway);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("x-sluice-attempts"), "1");
  ASSERT_EQ(provider.requests().size(), 2u);
  EXPECT_EQ(provider.requests()[1].header("authorization"), "Bearer tok-2");
  EXPECT_EQ(provider.requests()[1].body, provider.requests()[0].body);
}
INSTANTIATE_TEST_SUITE_P(Statuses, RefusedToken, testing::Values(401, 403));

TEST_F(GatewayAuthority, ARefusalThatStaysIsPassedBackWithoutTheToken) {
  tokens.when("/token").reply(200, as_json, token("hush-token"));
  provider.when(raw_predict).reply(403, as_json, R"({"type":"error","error":{"type":"permission_error","message":"hush-token may not"}})");
  GatewayUnderTest gateway(account(vertex()));
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = messages(gateway);
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body, HasSubstr("[hidden] may not"));
  }
  EXPECT_EQ(provider.requests().size(), 4u) << "the first one twice: for the others the token has just been replaced";
  EXPECT_EQ(tokens.requests().size(), 2u);
  for (const auto& row : gateway.log(3)) EXPECT_THAT(row.attempts.at(0).error, Not(HasSubstr("hush")));
}

TEST_F(GatewayAuthority, WithoutATokenTheNextTargetIsAsked) {
  tokens.when("/token").reply(400, as_json, R"({"error":"invalid_grant","error_description":"hush-refresh is revoked"})");
  FakeUpstream second;
  second.when("/v1/messages").reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex() + "      - { id: second, type: anthropic, base_url: \"" + second.url() + "\", api_key: k, model: claude-x, weight: 0 }\n"));
  const HttpAnswer answer = messages(gateway);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("x-sluice-provider"), "second");
  EXPECT_TRUE(provider.requests().empty());
  const auto row = gateway.log(1).at(0);
  EXPECT_EQ(row.attempts.at(0).error, "No authority for provider `vertex`: Google's token service: answered 400 invalid_grant: [hidden] is revoked.");
  EXPECT_FALSE(row.attempts[0].may_have_run);
}

TEST_F(GatewayAuthority, TheCallerIsToldWhichSourceFailed) {
  tokens.when("/token").reply(500, as_json, "{}");
  GatewayUnderTest gateway(account(vertex()));
  const HttpAnswer answer = messages(gateway);
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.body, testing::AllOf(HasSubstr("No authority for provider `vertex`: Google's token service: answered 500"), Not(HasSubstr("hush"))));
  messages(gateway);
  EXPECT_EQ(tokens.requests().size(), 1u) << "a service that fails is left alone for a while";
}

TEST_F(GatewayAuthority, WhoLeavesDoesNotEndTheFetch) {
  Gate gate;
  tokens.when("/token").wait(gate).reply(200, as_json, token("tok-1"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  {
    PlainClient leaves(gateway.port());
    leaves.send("POST /anthropic/v1/messages HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask);
    ASSERT_TRUE(tokens.wait_requests(1));
    leaves.close();
  }
  const auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u) << "its request ends at once, though the token has not come";
  EXPECT_EQ(log[0].status, 499);
  EXPECT_TRUE(provider.requests().empty());
  gate.open();
  EXPECT_EQ(messages(gateway).status, 200);
  EXPECT_EQ(tokens.requests().size(), 1u);
}

TEST_F(GatewayAuthority, TokensSurviveAReload) {
  tokens.when("/token").reply(200, as_json, token("tok-1"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  EXPECT_EQ(messages(gateway).status, 200);
  gateway.reload(account(vertex("vertex", "weight: 2")));
  EXPECT_EQ(messages(gateway).status, 200);
  EXPECT_EQ(tokens.requests().size(), 1u);
}

TEST_F(GatewayAuthority, AShortLivedTokenIsFetchedAgain) {
  tokens.when("/token").reply(200, as_json, token("tok-1", 0));
  tokens.when("/token").reply(200, as_json, token("tok-2"));
  provider.when(raw_predict).reply(200, as_json, claude);
  GatewayUnderTest gateway(account(vertex()));
  EXPECT_EQ(messages(gateway).status, 200);
  EXPECT_EQ(messages(gateway).status, 200);
  EXPECT_EQ(provider.requests().at(1).header("authorization"), "Bearer tok-2");
}

TEST_F(GatewayAuthority, AzureIsShownEntrasToken) {
  tokens.when("/t/oauth2/v2.0/token").reply(200, as_json, token("tok-1"));
  const std::string good = R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"good"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
  provider.when("/openai/deployments/gpt-4o/chat/completions").reply(200, as_json, good);
  GatewayUnderTest gateway(account("      - { id: azure, type: azure, base_url: \"" + provider.url() + "\", model: gpt-4o, entra: { tenant: t, client_id: c, client_secret: s, authority: \"" + tokens.url() + "\" } }\n"));
  PlainClient client(gateway.port());
  // As Azure's SDK calls: the version it believes in is not the operator's.
  const HttpAnswer answer = client.post("/openai/deployments/gpt-4o/chat/completions?api-version=2022-12-01", R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})", "api-key: caller\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, good);
  const Received asked = provider.requests().at(0);
  EXPECT_EQ(asked.target, "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(asked.header("authorization"), "Bearer tok-1");
  EXPECT_EQ(asked.header("api-key"), "");
}

}  // namespace
}  // namespace sluice::test
