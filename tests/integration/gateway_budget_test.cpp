// Budgets between a caller and a fake provider: what is reserved, what is refused, what is booked on every way out.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sluice/admin/log_json.hpp"
#include "sluice/governance/book.hpp"
#include "sluice/store/store.hpp"
#include "sluice/tokens/chat_tokens.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const std::string path = "/v1/chat/completions";
const HeaderList json = {{"content-type", "application/json"}};
const std::string bearer = "Authorization: Bearer the-only-key-there-is\r\n";
constexpr std::int64_t answer_tokens = 50;
// One dollar a million tokens of input, two of output: 1,000 and 2,000 nano-dollars each.
const std::string prices = "pricing: { overrides: [ { model: \"gpt-4o*\", input: 1, output: 2 } ] }\n";

std::string ask(const std::string& more = ",\"max_tokens\":50", const std::string& model = "gpt-4o") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Say it."}])" + more + "}";
}
std::int64_t input_tokens() { return tokens::chat_tokens(tokens::Vocabulary::o200k, ask()).text; }
std::int64_t worst() { return input_tokens() * 1'000 + answer_tokens * 2'000; }   // and the cost of an answer of full length

std::string answer(std::int64_t output = answer_tokens) {
  return R"({"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"It."},"finish_reason":"stop"}],"usage":{"prompt_tokens":)" +
         std::to_string(input_tokens()) + ",\"completion_tokens\":" + std::to_string(output) + ",\"total_tokens\":0}}";
}

// Nano-dollars as the configuration has them.
std::string dollars(std::int64_t nano) {
  std::string digits = std::to_string(nano);
  digits.insert(0, digits.size() < 10 ? 10 - digits.size() : 0, '0');
  return digits.substr(0, digits.size() - 9) + "." + digits.substr(digits.size() - 9);
}

std::string key_with(const std::string& budget) {
  return "virtual_keys:\n  - { id: k, key: the-only-key-there-is, " + budget + " }\n";
}
std::string budget_of(std::int64_t nano, const std::string& more = "") {
  return "budget: { max_spend: " + dollars(nano) + ", reset_duration: 1M" + more + " }";
}

class Budgets : public testing::Test {
 protected:
  FakeUpstream first, second;
  std::string one_target(const std::string& more = "") {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("first", first.url(), "model: gpt-4o" + more) + prices;
  }
  std::string two_targets(const std::string& of_first = "") {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("first", first.url(), "model: gpt-4o, weight: 1" + of_first) +
           openai_target("second", second.url(), "model: gpt-4o, weight: 0") + prices;
  }
};

std::string name_of(const HttpAnswer& answer) { return nlohmann::json::parse(answer.body)["error"]["code"]; }

TEST_F(Budgets, WhatIsSpentIsRefused) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(3 * worst())));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gateway.chat(ask(), bearer).status, 200) << i;
  const HttpAnswer refused = gateway.chat(ask(), bearer);
  EXPECT_EQ(refused.status, 402) << refused.body;
  EXPECT_EQ(name_of(refused), "budget_exceeded");
  EXPECT_EQ(refused.header("retry-after"), "") << "no SDK is to try again";
  EXPECT_NE(refused.body.find("The budget of key `k` is spent: $"), std::string::npos) << refused.body;
  EXPECT_EQ(first.requests().size(), 3u);
  const auto log = gateway.log(4);
  EXPECT_EQ(log[3].error, "budget_exceeded");
  EXPECT_EQ(log[3].cost_nano_usd, 0);
}

TEST_F(Budgets, AThousandAtOnceGetWhatAHundredCost) {
  Gate gate;
  first.when(path).wait(gate).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(100 * worst())), "threads: 2");
  std::vector<std::unique_ptr<PlainClient>> clients;
  const std::string body = ask();
  for (int i = 0; i < 1000; ++i) clients.push_back(std::make_unique<PlainClient>(gateway.port()));
  for (auto& client : clients) {
    client->send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Type: application/json\r\nContent-Length: " +
                 std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  ASSERT_TRUE(first.wait_requests(100));
  gate.open();
  int served = 0, refused = 0;
  for (auto& client : clients) {
    const HttpAnswer got = client->read_answer();
    served += got.status == 200 ? 1 : 0;
    refused += got.status == 402 ? 1 : 0;
  }
  EXPECT_EQ(served, 100);
  EXPECT_EQ(refused, 900);
  EXPECT_EQ(first.requests().size(), 100u);
  std::int64_t spent = 0;
  for (const auto& row : gateway.log(1000)) spent += row.cost_nano_usd;
  EXPECT_EQ(spent, 100 * worst());
}

TEST_F(Budgets, WhatAShorterAnswerLeftIsFreeAgain) {
  first.when(path).reply(200, json, answer(0));
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  const HttpAnswer refused = gateway.chat(ask(), bearer);
  EXPECT_EQ(refused.status, 402);
  EXPECT_NE(refused.body.find("is too small for this request, which may cost up to $"), std::string::npos) << refused.body;
  EXPECT_EQ(gateway.chat(ask(",\"max_tokens\":10"), bearer).status, 200) << "a shorter one fits";
}

TEST_F(Budgets, RefusalsByTheProviderCostNothing) {
  first.when(path).reply(400, json, R"({"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}})");
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gateway.chat(ask(), bearer).status, 400);
  EXPECT_EQ(gateway.log(3)[2].cost_nano_usd, 0);
}

TEST_F(Budgets, AnAttemptThatMayHaveRunIsBookedBesideTheNext) {
  first.when(path).close();
  second.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets() + key_with(budget_of(10 * worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  const auto log = gateway.log(1);
  ASSERT_EQ(log[0].attempts.size(), 2u);
  EXPECT_EQ(log[0].attempts[0].cost_nano_usd, worst()) << "all of it may have been made";
  EXPECT_EQ(log[0].attempts[1].cost_nano_usd, worst());
  EXPECT_EQ(log[0].cost_nano_usd, log[0].attempts[0].cost_nano_usd + log[0].attempts[1].cost_nano_usd);
}

// Far from its limit a budget holds the model's whole context, without a look at the request; it is not booked so.
TEST_F(Budgets, ALostAnswerIsBookedAsWhatTheRequestCouldCost) {
  first.when(path).close();
  GatewayUnderTest gateway(one_target() + key_with("budget: { max_spend: 1000, reset_duration: 1M }"));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 502);
  EXPECT_EQ(gateway.log(1)[0].cost_nano_usd, worst());
}

TEST_F(Budgets, WithoutAHardOneALostAnswerIsEstimated) {
  first.when(path).close();
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst(), ", enforcement: soft")));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 502);
  const auto log = gateway.log(1);
  EXPECT_GT(log[0].cost_nano_usd, 0);
  EXPECT_LT(log[0].cost_nano_usd, worst());
}

TEST_F(Budgets, WhatTheLogShowsIsWhatTheLedgerHas) {
  first.when(path).close();
  first.when(path).reply(200, json, answer());
  first.when(path).reply(400, json, R"({"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}})");
  GatewayUnderTest gateway(one_target() + key_with(budget_of(10 * worst())));
  for (const int status : {502, 200, 400}) EXPECT_EQ(gateway.chat(ask(), bearer).status, status);
  std::int64_t shown = 0;
  for (const auto& row : gateway.log(3)) {
    const auto cost = admin::log_json(row)["cost_nano_usd"];
    if (!cost.is_null()) shown += cost.get<std::int64_t>();
  }
  auto store = store::open_sqlite(gateway.store_path(), true);
  ASSERT_TRUE(store);
  const auto audit = (*store)->audit(governance::period_end);
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->row_sums.cost_nano_usd, 2 * worst());
  EXPECT_EQ(shown, audit->row_sums.cost_nano_usd);
}

TEST_F(Budgets, ATargetWhoseOwnBudgetIsSpentIsLeftOut) {
  first.when(path).reply(200, json, answer());
  second.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets(", " + budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask()).header("x-sluice-provider"), "first");
  const HttpAnswer next = gateway.chat(ask());
  EXPECT_EQ(next.header("x-sluice-provider"), "second");
  EXPECT_EQ(next.header("x-sluice-attempts"), "1");
}

TEST_F(Budgets, WhenNoTargetIsLeftTheCallerIsRefused) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target(", " + budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask()).status, 200);
  const HttpAnswer refused = gateway.chat(ask());
  EXPECT_EQ(refused.status, 402);
  EXPECT_NE(refused.body.find("target `a/first`"), std::string::npos) << refused.body;
}

TEST_F(Budgets, TheFirstLevelThatRefusesNamesItself) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + "customers: [ { id: acme, " + budget_of(worst()) + " } ]\nteams: [ { id: ml, customer: acme, " +
                           budget_of(worst()) + " } ]\n" + key_with("team: ml, " + budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  EXPECT_NE(gateway.chat(ask(), bearer).body.find("customer `acme`"), std::string::npos);
  EXPECT_EQ(gateway.log(2)[0].customer, "acme");
}

TEST_F(Budgets, ATightBudgetMayShortenTheAnswer) {
  first.when(path).reply(200, json, answer(20));
  GatewayUnderTest gateway(one_target() + key_with(budget_of(input_tokens() * 1'000 + 20 * 2'000, ", on_tight_budget: clamp")));
  const HttpAnswer shortened = gateway.chat(ask(), bearer);
  EXPECT_EQ(shortened.status, 200);
  EXPECT_EQ(shortened.header("x-sluice-clamped-output"), "20");
  EXPECT_EQ(first.requests().at(0).body, ask(",\"max_tokens\":20"));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 402) << "nothing is left";
}

TEST_F(Budgets, WithoutALimitOfItsOwnTheModelsCounts) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask(""), bearer).status, 402) << "an answer may have 16,384 tokens";
}

TEST_F(Budgets, TagsHaveBudgetsOfTheirOwn) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + "tags: [ { id: batch, " + budget_of(worst()) + " } ]\n" + key_with("tags: [ night ]"));
  const std::string tagged = bearer + "x-sluice-tags: batch, other\r\n";
  EXPECT_EQ(gateway.chat(ask(), tagged).status, 200);
  EXPECT_EQ(gateway.chat(ask(), tagged).status, 402);
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200) << "without the tag";
  EXPECT_EQ(gateway.log(3)[0].tags, (std::vector<std::string>{"batch", "night", "other"}));
  EXPECT_EQ(gateway.chat(ask(), bearer + "x-sluice-tags: a b\r\n").status, 400);
  EXPECT_EQ(gateway.chat(ask(), bearer + "x-sluice-tags: other\r\nX-Sluice-Tags: batch\r\n").status, 402) << "the second line counts, too";
  EXPECT_EQ(first.requests().at(0).header("x-sluice-tags"), "") << "they are no business of the provider";
}

TEST_F(Budgets, AModelWithoutAPriceIsRefusedWhereABudgetApplies) {
  first.when(path).reply(200, json, answer());
  const std::string nowhere = "accounts:\n  - id: a\n    providers:\n" + openai_target("first", first.url(), "model: nobody-knows-it");
  GatewayUnderTest gateway(nowhere + key_with(budget_of(worst())));
  const std::string of_nowhere = ask(",\"max_tokens\":50", "nobody-knows-it");
  const HttpAnswer refused = gateway.chat(of_nowhere, bearer);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(name_of(refused), "model_not_priced");
  EXPECT_TRUE(first.requests().empty());
  gateway.reload(nowhere + "pricing: { unknown_model: allow }\n" + key_with(budget_of(worst())));
  EXPECT_EQ(gateway.chat(of_nowhere, bearer).status, 200);
}

TEST_F(Budgets, AReloadForgetsNothing) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  gateway.reload(one_target() + key_with(budget_of(worst(), ", warn_at: [50]")));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 402);
  gateway.reload(one_target() + key_with(budget_of(2 * worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200) << "raised by as much as a request costs";
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 402);
}

// What a provider answers in many more words than it was asked for cannot be prevented, but it is not forgotten either.
TEST_F(Budgets, MoreThanWasReservedIsBookedInFull) {
  first.when(path).reply(200, json, answer(5 * answer_tokens));
  GatewayUnderTest gateway(one_target() + key_with(budget_of(2 * worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  EXPECT_EQ(gateway.log(1)[0].cost_nano_usd, input_tokens() * 1'000 + 5 * answer_tokens * 2'000);
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 402);
}

std::string chunk(const std::string& text) {
  return "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text +
         "\"},\"finish_reason\":null}]}\n\n";
}

// Of a thousand tokens a hundred are reserved, and the budget is worth three hundred.
TEST_F(Budgets, AStreamEndsWithItsMoney) {
  Gate gate;
  std::vector<std::string> pieces;
  for (const char c : {'a', 'b', 'c', 'd', 'e'}) pieces.push_back(chunk(std::string(400, c)));   // taken as a hundred tokens each
  first.when(path).chunks(pieces, gate);
  const std::string terms = ", reserve: capped, reserve_output: 100, on_exhausted_mid_stream: stop";
  GatewayUnderTest gateway(one_target() + key_with(budget_of(input_tokens() * 1'000 + 300 * 2'000, terms)));
  PlainClient client = gateway.connect();
  const std::string body = ask(R"(,"stream":true,"max_tokens":1000)");
  client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  for (const char* last : {"aaa\"}", "bbb\"}", "ccc\"}"}) {
    gate.go();
    ASSERT_TRUE(client.read_until(last)) << client.unread;
  }
  const HttpAnswer got = client.read_answer();
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(got.whole) << "it ends as a whole answer does";
  EXPECT_NE(got.body.find("\"finish_reason\":\"length\""), std::string::npos) << got.body;
  EXPECT_TRUE(got.body.ends_with("data: [DONE]\n\n")) << got.body;
  EXPECT_EQ(got.body.find(pieces[0] + pieces[1] + pieces[2]), 0u) << "what was shown is the provider's own bytes";
  const auto log = gateway.log(1);
  EXPECT_EQ(log[0].error, "budget_exceeded_mid_stream");
  EXPECT_TRUE(log[0].usage.estimated);
  EXPECT_LE(log[0].cost_nano_usd, input_tokens() * 1'000 + 20'000 + 300 * 2'000);
  EXPECT_TRUE(first.wait_closed(1)) << "the provider makes no more of it";
}

TEST_F(Budgets, AStreamMayBeLetFinish) {
  const std::string words(400, 'w');
  first.when(path).chunks({chunk(words), chunk(words), chunk(words), chunk(words),
                           "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", "data: [DONE]\n\n"});
  GatewayUnderTest gateway(one_target() + key_with(budget_of(input_tokens() * 1'000 + 150 * 2'000, ", reserve: capped, reserve_output: 100")));
  const HttpAnswer got = gateway.chat(ask(R"(,"stream":true,"max_tokens":1000)"), bearer);
  EXPECT_TRUE(got.body.ends_with("data: [DONE]\n\n"));
  EXPECT_NE(got.body.find("\"finish_reason\":\"stop\""), std::string::npos);
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 402);
}

TEST_F(Budgets, CountersAreTheSumOfTheLedger) {
  first.when(path).reply(200, json, answer());
  first.when(path).close();
  first.when(path).reply(500, json, "{}");
  first.when(path).reply(200, json, answer(7));
  second.when(path).reply(200, json, answer(30));
  const std::string limits = "budgets: [ { max_spend: 5, reset_duration: 1M, time_zone: Asia/Kolkata }, { max_spend: 4, reset_duration: 2h } ], rate_limits: [ { max_requests: 100, max_tokens: 100000, reset_duration: 1d } ]";
  GatewayUnderTest gateway(two_targets(", budget: { max_spend: 3, reset_duration: 1w }") + "teams: [ { id: ml, budget: { max_spend: 2, reset_duration: 1Y } } ]\ntags: [ { id: t, budget: { max_spend: 1, reset_duration: 1d } } ]\n" +
                           key_with("team: ml, tags: [ t ], " + limits));
  for (int i = 0; i < 5; ++i) gateway.chat(ask(), bearer);
  gateway.reload(two_targets() + key_with(limits + ", tags: [ t ]"));
  for (int i = 0; i < 3; ++i) gateway.chat(ask(), bearer);
  gateway.log(8);
  auto store = store::open_sqlite(gateway.store_path(), true);
  ASSERT_TRUE(store);
  const auto audit = (*store)->audit(governance::period_end);
  ASSERT_TRUE(audit);
  for (const auto& one : audit->counters) ADD_FAILURE() << one.name << " says " << one.says << ", should be " << one.should;
  for (const auto& one : audit->ledger) ADD_FAILURE() << one.name << " says " << one.says << ", should be " << one.should;
  EXPECT_EQ(audit->counters_checked, 4) << "those in force after the reload";
  EXPECT_EQ(audit->row_sums.requests, 8);
}

// Providers differ in which of two limits they go by; a caller must not get more for naming both.
TEST_F(Budgets, TheLargestOfSeveralLimitsCounts) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  EXPECT_EQ(gateway.chat(ask(",\"max_completion_tokens\":1,\"max_tokens\":1000"), bearer).status, 402);
  EXPECT_EQ(gateway.chat(ask(",\"max_tokens\":50,\"n\":2"), bearer).status, 402);
  EXPECT_EQ(gateway.chat(ask(",\"max_tokens\":50,\"n\":2.0"), bearer).status, 402);
  EXPECT_TRUE(first.requests().empty());
}

TEST_F(Budgets, GeminisLimitsInEitherSpelling) {
  first.when("/v1/chat/completions").reply(200, json, answer());
  const std::string gemini = "/genai/v1beta/models/gpt-4o:generateContent";
  GatewayUnderTest gateway(one_target() + key_with(budget_of(4 * worst())));
  const auto asked = [&](const std::string& config) {
    return gateway.connect().post(gemini, R"({"contents":[{"role":"user","parts":[{"text":"Say it."}]}],)" + config + "}", bearer).status;
  };
  EXPECT_EQ(asked(R"("generationConfig":{"maxOutputTokens":50},"generation_config":{"max_output_tokens":5000})"), 402);
  EXPECT_EQ(asked(R"("generationConfig":{"maxOutputTokens":50,"candidate_count":8})"), 402);
  EXPECT_EQ(asked(R"("generationConfig":{"maxOutputTokens":50},"generation\u0043onfig":{"maxOutputTokens":5000})"), 402);
  EXPECT_TRUE(first.requests().empty());
}

TEST_F(Budgets, ALookAtAStoredResponseIsFree) {
  first.when("/v1/responses/resp_1").reply(200, json, R"({"id":"resp_1","object":"response","status":"completed","output":[]})");
  GatewayUnderTest gateway(one_target() + key_with(budget_of(1)));
  EXPECT_EQ(gateway.connect().get("/v1/responses/resp_1", bearer).status, 200);
}

const std::string usage_event = R"(data: {"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":40,"total_tokens":49}})"
                                "\n\n";
const std::string finish_event = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n";

// What a stream came to is told only to who asks; the callers of most SDKs do not.
TEST_F(Budgets, AStreamIsBookedByUsageThatItsCallerDidNotAskFor) {
  const std::string marker = "data: [DONE]\n\n", words = chunk("hello");
  first.when(path).chunks({words, finish_event + usage_event.substr(0, 30), usage_event.substr(30) + marker});
  GatewayUnderTest gateway(one_target() + key_with(budget_of(10 * worst())));
  const HttpAnswer got = gateway.chat(ask(R"(,"stream":true,"max_tokens":50)"), bearer);
  EXPECT_EQ(got.body, words + finish_event + marker);
  EXPECT_EQ(first.requests().at(0).body, ask(R"(,"stream":true,"max_tokens":50,"stream_options":{"include_usage":true})"));
  const auto log = gateway.log(1);
  EXPECT_FALSE(log[0].usage.estimated);
  EXPECT_EQ(log[0].cost_nano_usd, 9 * 1'000 + 40 * 2'000);
}

TEST_F(Budgets, OtherStreamOptionsStay) {
  first.when(path).chunks({chunk("a"), finish_event, usage_event, "data: [DONE]\n\n"});
  GatewayUnderTest gateway(one_target() + key_with(budget_of(10 * worst())));
  gateway.chat(ask(R"(,"stream_options":{"include_obfuscation":false},"stream":true,"max_tokens":50)"), bearer);
  EXPECT_EQ(first.requests().at(0).body,
            ask(R"(,"stream_options":{"include_obfuscation":false,"include_usage":true},"stream":true,"max_tokens":50)"));
}

TEST_F(Budgets, AStreamThatNoLimitMeasuresPassesAsItIs) {
  first.when(path).chunks({chunk("a"), finish_event, "data: [DONE]\n\n"});
  GatewayUnderTest gateway(one_target() + key_with("rate_limit: { max_requests: 9, reset_duration: 1d }"));
  gateway.chat(ask(R"(,"stream":true)"), bearer);
  EXPECT_EQ(first.requests().at(0).body, ask(R"(,"stream":true)"));
}

TEST_F(Budgets, UsageThatTheCallerAskedForIsShown) {
  first.when(path).chunks({chunk("a"), finish_event, usage_event, "data: [DONE]\n\n"});
  GatewayUnderTest gateway(one_target() + key_with(budget_of(10 * worst())));
  const std::string asked = ask(R"(,"stream":true,"stream_options":{"include_usage":true},"max_tokens":50)");
  EXPECT_NE(gateway.chat(asked, bearer).body.find(usage_event), std::string::npos);
  EXPECT_EQ(first.requests().at(0).body, asked);
}

// A provider without usage at all: a token an event, since an event is seldom less.
TEST_F(Budgets, AStreamWithoutUsageIsAtLeastATokenAnEvent) {
  std::vector<std::string> pieces;
  for (int i = 0; i < 43; ++i) pieces.push_back(chunk("x"));
  pieces.push_back("data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
  pieces.push_back("data: [DONE]\n\n");
  first.when(path).chunks(pieces);
  GatewayUnderTest gateway(one_target() + key_with(budget_of(10 * worst())));
  gateway.chat(ask(R"(,"stream":true,"max_tokens":50)"), bearer);
  const auto log = gateway.log(1);
  EXPECT_TRUE(log[0].usage.estimated);
  EXPECT_GE(log[0].usage.output, 42);
}

TEST_F(Budgets, NoEstimateIsMoreThanTheRequestCouldCost) {
  const std::string silent = R"({"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":")" +
                             std::string(4'000, 'x') + R"("},"finish_reason":"stop"}]})";
  first.when(path).reply(200, json, silent);
  GatewayUnderTest gateway(one_target() + key_with(budget_of(2 * worst())));
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  EXPECT_EQ(gateway.log(1)[0].cost_nano_usd, worst());
}

TEST_F(Budgets, ALimitOfNoTokensIsNoLimit) {
  first.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(one_target() + key_with(budget_of(worst())));
  for (const char* limit : {"0", "-1", "null"}) EXPECT_EQ(gateway.chat(ask(",\"max_tokens\":" + std::string(limit)), bearer).status, 402) << limit;
  EXPECT_TRUE(first.requests().empty());
}

TEST_F(Budgets, WhatHasNoPriceBeforehandIsRefused) {
  GatewayUnderTest gateway(one_target() + key_with("budget: { max_spend: 5, reset_duration: 1M }"));
  const auto responses = [&](const std::string& more) {
    return gateway.connect().post("/v1/responses", R"({"model":"gpt-4o","input":"Say it.","max_output_tokens":50)" + more + "}", bearer);
  };
  for (const char* more : {R"(,"background":true)", R"(,"b\u0061ckground":true)", R"(,"service_tier":"priority")", R"(,"tools":[{"type":"image_generation"}])"}) {
    const HttpAnswer got = responses(more);
    EXPECT_EQ(got.status, 403) << more;
    EXPECT_EQ(name_of(got), "cost_not_bounded") << more;
  }
  EXPECT_EQ(gateway.chat(ask(R"(,"service_tier":"priority")"), bearer).status, 403);
  EXPECT_TRUE(first.requests().empty());
}

// A stored prompt, an item kept by the provider, a tool that reads elsewhere: as long as the model can read.
TEST_F(Budgets, WhatIsNotInTheBodyMayFillTheContext) {
  GatewayUnderTest gateway(one_target() + key_with(budget_of(2 * worst())));
  for (const char* more : {R"(,"prompt":{"id":"pmpt_1"})", R"(,"input":[{"type":"item_reference","id":"msg_1"}])", R"(,"tools":[{"type":"mcp","server_url":"https://example.com"}])"}) {
    const std::string input = std::string(more).find("input") == std::string::npos ? R"(,"input":"Say it.")" : "";
    EXPECT_EQ(gateway.connect().post("/v1/responses", R"({"model":"gpt-4o","max_output_tokens":50)" + input + more + "}", bearer).status, 402) << more;
  }
  EXPECT_TRUE(first.requests().empty());
}

TEST_F(Budgets, SpeechIsPricedByItsLength) {
  first.when("/v1/audio/speech").reply(200, {{"content-type", "audio/mpeg"}}, std::string(16'000, 'x'));
  GatewayUnderTest gateway(one_target() + key_with("budget: { max_spend: 5, reset_duration: 1M }"));
  const std::string body = R"({"model":"gpt-4o","voice":"coral","input":"The quick brown fox jumps over the lazy dog."})";
  EXPECT_EQ(gateway.connect().post("/v1/audio/speech", body, bearer).status, 200);
  const auto log = gateway.log(1);
  EXPECT_EQ(log[0].usage.output, 21) << "a second";
  EXPECT_TRUE(log[0].usage.estimated);
}

// A router of models chooses among those that a request names besides: a key for some models is not for those.
TEST_F(Budgets, AKeyForSomeModelsMayNotLetARouterChoose) {
  first.when(path).reply(200, json, answer());
  const std::string router = "accounts:\n  - id: a\n    providers:\n      - { id: r, type: openrouter, api_key: upstream-key-0000, base_url: \"" + first.url() +
                             "/v1\", models: [ \"*\" ] }\n" + prices;
  GatewayUnderTest gateway(router + key_with("models: [ gpt-4o ]"));
  const HttpAnswer refused = gateway.chat(ask(R"(,"models":["another/model"])"), bearer);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(name_of(refused), "model_not_allowed");
  EXPECT_EQ(gateway.chat(ask(R"(,"models":[])"), bearer).status, 200);
}

}  // namespace
}  // namespace sluice::test
