// What a caller and a provider see of a request that goes well, and who is let in.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

const std::string path = "/v1/chat/completions";
const HeaderList json_type = {{"content-type", "application/json"}};
const std::string good =
    R"({"id":"1","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"good"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"prompt_tokens_details":{"cached_tokens":400}}})";

std::string one_account(const std::string& target, const std::string& keys = "") {
  return "accounts:\n  - id: a\n    providers:\n" + target + keys;
}
const std::string two_keys =
    "virtual_keys:\n"
    "  - { id: open-key, key: \"sk-open-0123456789abcdef\" }\n"
    "  - { id: off-key, key: \"sk-off-0123456789abcdef\", enabled: false }\n"
    "  - { id: old-key, key: \"sk-old-0123456789abcdef\", expires_at: \"2020-01-01T00:00:00Z\" }\n"
    "  - { id: narrow-key, key: \"sk-narrow-0123456789abcdef\", models: [\"gpt-4o-mini\"] }\n";

std::string code_of(const HttpAnswer& answer) { return json::parse(answer.body)["error"]["code"].get<std::string>(); }
std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

class Request : public testing::Test {
 protected:
  FakeUpstream upstream;
};

TEST_F(Request, TheBodyIsForwardedByteForByteWithOnlyTheModelSpliced) {
  upstream.when(path).reply(200, json_type, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o")));
  std::string same = "{ \"seed\":123456789012345678901234567890 ,\"model\" : \"gpt-4o\",\"x\\u0041\":1.50,  \"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\"}]}\n";
  EXPECT_EQ(gateway.chat(same).status, 200);
  std::string other = "{ \"seed\":1e400 ,\"model\" : \"auto\",\"messages\":[]}";
  EXPECT_EQ(gateway.chat(other).status, 200);
  auto requests = upstream.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].body, same);
  EXPECT_EQ(requests[1].body, "{ \"seed\":1e400 ,\"model\" : \"gpt-4o\",\"messages\":[]}");
}

TEST_F(Request, HeadersPassButForCredentialsAndTheConnection) {
  upstream.when(path).reply(200, {{"content-type", "application/json"}, {"openai-processing-ms", "12"}, {"set-cookie", "a=b"},
                                  {"x-request-id", "theirs"}, {"x-ratelimit-remaining-requests", "99"}}, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o, headers: { \"OpenAI-Organization\": \"org-ours\" }"), two_keys));
  HttpAnswer answer = gateway.chat(R"({"model":"gpt-4o","messages":[]})",
                               bearer("sk-open-0123456789abcdef") + "X-Stainless-Lang: python\r\nOpenAI-Organization: org-theirs\r\n"
                               "Cookie: c=d\r\nAccept-Encoding: gzip\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nX-Forwarded-For: 10.0.0.1\r\n");
  ASSERT_EQ(answer.status, 200);
  Received sent = upstream.requests().at(0);
  EXPECT_EQ(sent.header("authorization"), "Bearer sk-up-t");
  EXPECT_EQ(sent.head.find("sk-open"), std::string::npos) << "the caller's key never leaves";
  EXPECT_EQ(sent.header("x-stainless-lang"), "python");
  EXPECT_EQ(sent.header("openai-organization"), "org-ours");
  for (const char* name : {"cookie", "accept-encoding", "x-hop", "x-forwarded-for"}) EXPECT_EQ(sent.header(name), "") << name;
  EXPECT_EQ(answer.body, good);
  EXPECT_EQ(answer.header("openai-processing-ms"), "12");
  EXPECT_EQ(answer.header("x-ratelimit-remaining-requests"), "99");
  EXPECT_EQ(answer.header("set-cookie"), "");
  EXPECT_TRUE(answer.header("x-request-id").starts_with("req_"));
}

TEST_F(Request, ABodyThatIsNotCompressedMayBeCalledSo) {
  upstream.when(path).reply(200, json_type, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o"), two_keys));
  const std::string body = R"({"model":"gpt-4o","messages":[]})", caller = bearer("sk-open-0123456789abcdef");
  EXPECT_EQ(gateway.chat(body, caller + "Content-Encoding: identity\r\n").status, 200);
  EXPECT_EQ(gateway.chat(body, caller + "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n").status, 415);
  EXPECT_EQ(gateway.chat(body, caller + "Content-Encoding: gzip\r\n").status, 415);
}

// Whoever reaches the port must not be able to fill the disk.
TEST_F(Request, ThoseWithoutAKeyWriteFewRows) {
  upstream.when(path).reply(200, json_type, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o"), two_keys));
  const std::string body = R"({"model":"gpt-4o","messages":[]})";
  constexpr int asked = 1000;
  PlainClient client = gateway.connect();
  for (int i = 0; i < asked; ++i) ASSERT_EQ(client.post(path, body, bearer("sk-wrong")).status, 401);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gateway.chat(body, bearer("sk-open-0123456789abcdef")).status, 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gateway.chat(body, bearer("sk-off-0123456789abcdef")).status, 403);
  int refused = 0, known = 0;
  for (const auto& row : gateway.log()) ++(row.status == 401 ? refused : known);
  EXPECT_EQ(known, 6) << "who is known is always written down";
  EXPECT_GE(refused, 100);
  EXPECT_LT(refused, asked / 2);
  const std::string page = gateway.connect().get("/metrics").body;
  EXPECT_NE(page.find("\nsluice_unlogged_refusals_total " + std::to_string(asked - refused) + "\n"), std::string::npos) << page;
}

TEST_F(Request, CostIsPricedAndWrittenDownBeforeTheAnswerIsWhole) {
  upstream.when(path).reply(200, json_type, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o"), two_keys));
  HttpAnswer answer = gateway.chat(R"({"model":"gpt-4o","messages":[]})", bearer("sk-open-0123456789abcdef"));
  // 600 fresh tokens at $2.50, 400 cached at $1.25, 100 out at $10 a million.
  EXPECT_EQ(answer.header("x-sluice-cost-usd"), "0.003");
  auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].cost_nano_usd, 3'000'000);
  EXPECT_TRUE(log[0].priced);
  EXPECT_FALSE(log[0].price_version.empty());
  EXPECT_EQ(log[0].key_id, "open-key");
  EXPECT_EQ(log[0].account, "a");
  EXPECT_EQ(log[0].usage.input, 1000);
  EXPECT_EQ(log[0].usage.cache_read, 400);
  EXPECT_EQ(log[0].id, answer.header("x-request-id"));
  EXPECT_GT(log[0].total_us, 0);
  EXPECT_LE(log[0].gateway_us, log[0].total_us);
}

TEST_F(Request, WhoIsLetIn) {
  upstream.when(path).reply(200, json_type, good);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "models: [\"gpt-4o\", \"gpt-4o-mini\"]"), two_keys));
  std::string body = R"({"model":"gpt-4o","messages":[]})";
  struct Row { std::string lines; int status; std::string code; };
  const Row rows[] = {
      {"", 401, "invalid_api_key"},
      {bearer("sk-wrong"), 401, "invalid_api_key"},
      {bearer("sk-off-0123456789abcdef"), 403, "key_disabled"},
      {bearer("sk-old-0123456789abcdef"), 403, "key_expired"},
      {bearer("sk-narrow-0123456789abcdef"), 403, "model_not_allowed"},
  };
  for (const Row& row : rows) {
    HttpAnswer answer = gateway.chat(body, row.lines);
    EXPECT_EQ(answer.status, row.status) << row.code;
    EXPECT_EQ(code_of(answer), row.code);
  }
  EXPECT_TRUE(upstream.requests().empty()) << "nothing is sent for a caller that is refused";
  for (const char* line : {"Authorization: Bearer sk-open-0123456789abcdef\r\n", "x-api-key: sk-open-0123456789abcdef\r\n",
                           "api-key: sk-open-0123456789abcdef\r\n", "x-goog-api-key: sk-open-0123456789abcdef\r\n"}) {
    EXPECT_EQ(gateway.chat(body, line).status, 200) << line;
  }
  PlainClient client = gateway.connect();
  EXPECT_EQ(client.post(path + "?key=sk-open-0123456789abcdef&keep=1", body).status, 200);
  EXPECT_EQ(upstream.requests().back().target, path + "?keep=1") << "the key is taken out of the query";
}

TEST_F(Request, EveryRequestOfAConnectionIsKnownByItsOwnKey) {
  upstream.when(path).reply(200, json_type, good);
  std::string account = one_account(openai_target("t", upstream.url(), "models: [\"*\"]"));
  GatewayUnderTest gateway(account + two_keys);
  PlainClient client = gateway.connect();
  std::string body = R"({"model":"gpt-4o","messages":[]})";
  auto status = [&](const std::string& lines) { return client.post(path, body, lines).status; };
  EXPECT_EQ(status(bearer("sk-open-0123456789abcdef")), 200);
  EXPECT_EQ(status(bearer("sk-open-0123456789abcdef")), 200);
  EXPECT_EQ(status(bearer("sk-open-0123456789abcdeX")), 401);
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(status("Authorization: Basic eDp5\r\nx-api-key: sk-open-0123456789abcdef\r\n"), 200);
  EXPECT_EQ(status("Authorization: Basic eDp5\r\nx-api-key: sk-off-0123456789abcdef\r\n"), 403);
  EXPECT_EQ(status(bearer("sk-narrow-0123456789abcdef")), 403);
  gateway.reload(account + "virtual_keys:\n  - { id: other, key: \"sk-other-0123456789abcdef\" }\n");
  PlainClient fresh = gateway.connect();
  while (fresh.post(path, body, bearer("sk-other-0123456789abcdef")).status != 200) {}   // the worker has the new keys
  EXPECT_EQ(status(bearer("sk-open-0123456789abcdef")), 401) << "a key taken out is refused on kept connections too";
}

TEST_F(Request, AnUnknownCallerCannotMakeUsReadALargeBody) {
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url()), two_keys));
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: 30000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 401);
}

TEST_F(Request, ModelsAreThoseTheKeyMayUse) {
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "models: [\"gpt-4o\", \"gpt-4o-mini\", \"o*\"]"), two_keys));
  auto ids = [&](const std::string& key) {
    PlainClient client = gateway.connect();
    std::vector<std::string> names;
    const json list = json::parse(client.get("/v1/models", bearer(key)).body);
    for (const auto& model : list["data"]) names.push_back(model["id"]);
    return names;
  };
  EXPECT_EQ(ids("sk-open-0123456789abcdef"), (std::vector<std::string>{"gpt-4o", "gpt-4o-mini"}));
  EXPECT_EQ(ids("sk-narrow-0123456789abcdef"), std::vector<std::string>{"gpt-4o-mini"});
  PlainClient client = gateway.connect();
  EXPECT_EQ(client.get("/v1/models").status, 401);
  EXPECT_EQ(client.get("/v1/models/o3%2Dmini", bearer("sk-open-0123456789abcdef")).status, 200) << "served, though not listed by name";
  EXPECT_EQ(code_of(client.get("/v1/models/claude", bearer("sk-open-0123456789abcdef"))), "model_not_found");
}

TEST_F(Request, WhatTheAccountDoesNotAdmitIsNotSent) {
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "model: gpt-4o")));
  HttpAnswer answer = gateway.chat(R"({"model":"gpt-3.5-turbo","messages":[]})");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(code_of(answer), "model_not_found");
  EXPECT_TRUE(upstream.requests().empty());
}

TEST_F(Request, AModelNameCannotSplitAHead) {
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url(), "models: [\"*\"], list_models: false")));
  HttpAnswer answer = gateway.chat(R"({"model":"x\r\nset-cookie: evil=1","messages":[]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.header("set-cookie"), "");
  EXPECT_TRUE(upstream.requests().empty());
}

TEST_F(Request, EventsAreShownAsTheyCome) {
  Gate gate;
  std::string first = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n";
  std::string last = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n";
  upstream.when(path).chunks({first, last}, gate);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url())));
  PlainClient client = gateway.connect();
  std::string body = R"({"model":"m","stream":true,"messages":[]})";
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  gate.go();
  ASSERT_TRUE(client.read_until("one")) << "the first event comes while the second does not exist yet";
  gate.open();
  HttpAnswer answer = client.read_answer();
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body, first + last);
  EXPECT_EQ(answer.header("x-accel-buffering"), "no");
  auto log = gateway.log(1);
  EXPECT_EQ(log.at(0).usage.input, 5);
  EXPECT_FALSE(log.at(0).usage.estimated);
  EXPECT_TRUE(log.at(0).stream);
}

TEST_F(Request, ASlowReaderHoldsBackTheProvider) {
  std::string event = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + std::string(60000, 'x') + "\"}}]}\n\n";
  std::vector<std::string> parts(2000, event);
  parts.push_back("data: [DONE]\n\n");
  upstream.when(path).chunks(parts);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url())));
  PlainClient client = gateway.connect();
  std::string body = R"({"model":"m","stream":true,"messages":[]})";
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_TRUE(client.read_until("xxx"));
  // Another request is served meanwhile by the one worker: nothing is blocked, only this stream waits.
  PlainClient other = gateway.connect();
  EXPECT_EQ(other.get("/healthz").status, 200);
  client.close();
  EXPECT_TRUE(upstream.wait_closed(1)) << "120 MB were not swallowed on behalf of a client that did not read";
  EXPECT_EQ(gateway.log(1).at(0).status, 499);
}

TEST_F(Request, AnthropicAnswersAnOpenAiCaller) {
  upstream.when("/v1/messages").reply(200, json_type,
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-20250514","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"good"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":90,"cache_creation_input_tokens":0,"output_tokens":5}})");
  GatewayUnderTest gateway(one_account("      - { id: t, type: anthropic, base_url: \"" + upstream.url() +
                                       "\", api_key: sk-ant-0123456789, model: claude-sonnet-4-20250514 }\n"));
  HttpAnswer answer = gateway.chat(R"({"model":"auto","seed":7,"messages":[{"role":"system","content":"be good"},{"role":"user","content":"hi"}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  json said = json::parse(answer.body);
  EXPECT_EQ(said["choices"][0]["message"]["content"], "good");
  EXPECT_EQ(said["usage"]["prompt_tokens"], 100);
  EXPECT_EQ(answer.header("x-sluice-dropped"), "seed");
  EXPECT_EQ(upstream.requests()[0].header("x-api-key"), "sk-ant-0123456789");
  auto log = gateway.log(1);
  EXPECT_EQ(log.at(0).usage.cache_read, 90);
  // 10 at $3, 90 cached at $0.30, 5 out at $15 a million.
  EXPECT_EQ(log.at(0).cost_nano_usd, 30'000 + 27'000 + 75'000);
  EXPECT_EQ(log.at(0).dropped, std::vector<std::string>{"seed"});
}

TEST_F(Request, AnthropicStreamsToAnOpenAiCaller) {
  std::vector<std::string> events = {
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"c\",\"content\":[],\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n",
      "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"go\\u006fd\"}}\n\n",
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":4}}\n\n",
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"};
  upstream.when("/v1/messages").chunks(events);
  GatewayUnderTest gateway(one_account("      - { id: t, type: anthropic, base_url: \"" + upstream.url() +
                                       "\", api_key: sk-ant-0123456789, model: claude-sonnet-4-20250514 }\n"));
  HttpAnswer answer = gateway.chat(R"({"model":"auto","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})");
  EXPECT_TRUE(answer.whole);
  EXPECT_NE(answer.body.find("\"content\":\"good\""), std::string::npos) << answer.body;
  EXPECT_TRUE(answer.body.ends_with("data: [DONE]\n\n"));
  EXPECT_NE(answer.body.find("\"prompt_tokens\":9"), std::string::npos);
  EXPECT_EQ(gateway.log(1).at(0).usage.output, 4);
}

TEST_F(Request, WhatCannotBeSaidIsRefusedWhereTheAccountSaysSo) {
  GatewayUnderTest gateway("accounts:\n  - id: a\n    on_unsupported: error\n    providers:\n      - { id: t, type: anthropic, base_url: \"" +
                           upstream.url() + "\", api_key: sk-ant-0123456789, model: claude-sonnet-4-20250514 }\n");
  HttpAnswer answer = gateway.chat(R"({"model":"auto","seed":7,"messages":[{"role":"user","content":"hi"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(code_of(answer), "unsupported_parameter");
  EXPECT_EQ(json::parse(answer.body)["error"]["param"], "seed");
  EXPECT_TRUE(upstream.requests().empty());
}

TEST_F(Request, AModelWithoutAPriceIsRefusedWhereTheOperatorSaysSo) {
  upstream.when(path).reply(200, json_type, good);
  std::string account = one_account(openai_target("t", upstream.url(), "models: [\"*\"]"));
  GatewayUnderTest gateway(account + "pricing: { unknown_model: deny, overrides: [ { model: \"house-*\", input: 0.5, output: 1.5 } ] }\n");
  HttpAnswer answer = gateway.chat(R"({"model":"nobody-knows-this","messages":[]})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(code_of(answer), "model_not_priced");
  EXPECT_EQ(gateway.chat(R"({"model":"house-7b","messages":[]})").status, 200);
  EXPECT_EQ(gateway.log(2).at(1).cost_nano_usd, 1000 * 500 + 100 * 1500);
  gateway.reload(account);
  EXPECT_EQ(gateway.chat(R"({"model":"nobody-knows-this","messages":[]})").status, 200);
  EXPECT_FALSE(gateway.log(3).at(2).priced) << "served, and never taken for free";
}

TEST_F(Request, AnErrorOfAnotherDialectIsToldInTheCallers) {
  upstream.when("/v1/messages").reply(400, json_type, R"({"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too large"}})");
  GatewayUnderTest gateway(one_account("      - { id: t, type: anthropic, base_url: \"" + upstream.url() +
                                       "\", api_key: sk-ant-0123456789, model: claude-sonnet-4-20250514 }\n"));
  HttpAnswer answer = gateway.chat(R"({"model":"auto","messages":[{"role":"user","content":"hi"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json::parse(answer.body)["error"]["message"], "max_tokens: too large");
}

TEST_F(Request, ReloadsUnderLoadLoseNothing) {
  upstream.when(path).reply(200, json_type, good);
  std::string yaml = one_account(openai_target("t", upstream.url(), "model: gpt-4o"));
  GatewayUnderTest gateway(yaml, "threads: 2");
  std::atomic<bool> stop{false};
  std::atomic<int> served{0}, lost{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      PlainClient client = gateway.connect();
      while (!stop) (client.post(path, R"({"model":"gpt-4o","messages":[]})").status == 200 ? served : lost)++;
    });
  }
  for (int i = 0; i < 300; ++i) gateway.reload(yaml);
  stop = true;
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(served, 0);
  EXPECT_EQ(gateway.server().reloads(), 300u);
  EXPECT_EQ(gateway.log().size(), static_cast<std::size_t>(served)) << "no row lost, none doubled";
}

TEST_F(Request, StoppingFinishesWhatIsUnderWay) {
  Gate gate;
  std::string last = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
  upstream.when(path).chunks({"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n", last}, gate);
  GatewayUnderTest gateway(one_account(openai_target("t", upstream.url())));
  PlainClient client = gateway.connect();
  std::string body = R"({"model":"m","stream":true,"messages":[]})";
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  gate.go();
  ASSERT_TRUE(client.read_until("one"));
  std::thread stopping([&] { gateway.stop(); });
  gate.open();
  HttpAnswer answer = client.read_answer();
  stopping.join();
  EXPECT_TRUE(answer.whole);
  EXPECT_TRUE(answer.body.ends_with("[DONE]\n\n"));
}

TEST(GatewayWithoutKeys, PagesOfOtherOriginsAreNotServed) {
  GatewayUnderTest gateway("providers:\n  - { id: s, type: simulated }\naccounts:\n  - { id: a, providers: [ { id: t, provider: s, models: [\"*\"] } ] }\n");
  const std::string ask = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  EXPECT_EQ(gateway.chat(ask, "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(gateway.chat(ask, "Origin: null\r\n").status, 403);
  EXPECT_EQ(gateway.chat(ask, "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(gateway.chat(ask, "Origin: http://localhost:3000\r\nSec-Fetch-Site: same-site\r\n").status, 200);
  EXPECT_EQ(gateway.chat(ask).status, 200);
}

TEST(GatewayWithKeys, LosingTheLastKeyDoesNotOpenIt) {
  const std::string yaml = "providers:\n  - { id: s, type: simulated }\naccounts:\n  - { id: a, providers: [ { id: t, provider: s, models: [\"*\"] } ] }\n";
  GatewayUnderTest gateway(yaml + "virtual_keys:\n  - { id: k, key: \"sk-k-0123456789abcdef\" }\n");
  const std::string ask = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  gateway.reload(yaml);
  EXPECT_EQ(gateway.chat(ask).status, 401);
}

TEST(GatewayWithoutKeys, SeveralAccountsRefuseWhoeverNamesNone) {
  std::string one = ", providers: [ { id: t, provider: s, models: [\"*\"] } ] }\n";
  GatewayUnderTest gateway("providers:\n  - { id: s, type: simulated }\naccounts:\n  - { id: a" + one + "  - { id: b" + one);
  HttpAnswer answer = gateway.chat(R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_NE(answer.body.find("sluice keys create --account"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace sluice::test
