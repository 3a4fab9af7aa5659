// What is booked when an answer reaches nobody: its caller has left, its connection broke, or it is no answer.
#include <gtest/gtest.h>

#include <thread>

#include "sluice/governance/book.hpp"
#include "sluice/store/store.hpp"
#include "sluice/tokens/chat_tokens.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

const std::string path = "/v1/chat/completions";
const HeaderList json = {{"content-type", "application/json"}};
const std::string bearer = "Authorization: Bearer the-only-key-there-is\r\n";
constexpr std::int64_t answer_tokens = 50, most_tokens = 200;

std::string ask(const std::string& more = "") {
  return R"({"model":"gpt-4o","messages":[{"role":"user","content":"Say it."}],"max_tokens":)" + std::to_string(most_tokens) + more + "}";
}
// One dollar a million tokens of input, two of output.
std::int64_t input_cost() { return tokens::chat_tokens(tokens::Vocabulary::o200k, ask()).text * 1'000; }
std::int64_t real_cost() { return input_cost() + answer_tokens * 2'000; }
std::int64_t worst() { return input_cost() + most_tokens * 2'000; }

std::string usage() {
  return R"("usage":{"prompt_tokens":)" + std::to_string(input_cost() / 1'000) + ",\"completion_tokens\":" + std::to_string(answer_tokens) +
         ",\"total_tokens\":0}";
}
std::string answer(const std::string& text = "It.") {
  return R"({"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":")" + text +
         R"("},"finish_reason":"stop"}],)" + usage() + "}";
}

// One place at once, and money for two requests at their longest, or another sum in dollars.
std::string key(const std::string& dollars = "0.000" + std::to_string(2 * worst())) {
  return "virtual_keys:\n  - { id: k, key: the-only-key-there-is, budget: { max_spend: " + dollars +
         ", reset_duration: 1M }, rate_limit: { max_concurrent: 1 } }\n";
}

class LostAnswer : public testing::Test {
 protected:
  FakeUpstream first, second;
  Gate gate;

  std::string two_targets(const std::string& more = "") {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("first", first.url(), "model: gpt-4o, weight: 1" + more) +
           openai_target("second", second.url(), "model: gpt-4o, weight: 0") +
           "pricing: { overrides: [ { model: \"gpt-4o*\", input: 1, output: 2 } ] }\n";
  }
  void send(PlainClient& client, const std::string& body, const std::string& to = path, const std::string& lines = bearer) {
    client.send("POST " + to + " HTTP/1.1\r\nHost: x\r\n" + lines + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // Asks, and leaves as soon as the first target has the request.
  void leave(GatewayUnderTest& gateway, const std::string& body = ask()) {
    PlainClient client = gateway.connect();
    send(client, body);
    ASSERT_TRUE(first.wait_requests(1));
    client.close();
  }
  // The only row of one who has left.
  store::RequestRecord row_of_leaver(GatewayUnderTest& gateway) {
    const auto log = gateway.log(1);
    EXPECT_EQ(log.size(), 1u);
    if (log.empty()) return {};
    EXPECT_EQ(log[0].status, 499);
    EXPECT_EQ(log[0].error, "client_left");
    EXPECT_EQ(log[0].attempts.size(), 1u);
    EXPECT_TRUE(second.requests().empty()) << "nobody is left to answer";
    EXPECT_EQ(log[0].attempts.back().cost_nano_usd, log[0].cost_nano_usd);
    return log[0];
  }
  void expect_nothing_held(GatewayUnderTest& gateway) {
    // The row is written a moment before the request is over; the question counts as one under way itself.
    std::string metrics = gateway.connect().get("/metrics").body;
    for (int i = 0; i < 1000 && metrics.find("\nsluice_requests_in_flight 1\n") == std::string::npos; ++i) {
      std::this_thread::sleep_for(5ms);
      metrics = gateway.connect().get("/metrics").body;
    }
    for (const char* line : {"requests_in_flight 1", "reservations_open 0", "reservations_leaked_total 0"}) {
      EXPECT_NE(metrics.find("\nsluice_" + std::string(line) + "\n"), std::string::npos) << line;
    }
  }
  void expect_sound_books(const std::string& database) {
    auto store = store::open_sqlite(database, true);
    ASSERT_TRUE(store);
    const auto audit = (*store)->audit(governance::period_end);
    ASSERT_TRUE(audit);
    for (const auto& one : audit->counters) ADD_FAILURE() << one.name << " says " << one.says << ", should be " << one.should;
    for (const auto& one : audit->ledger) ADD_FAILURE() << one.name << " says " << one.says << ", should be " << one.should;
  }
};

TEST_F(LostAnswer, AWholeAnswerIsWaitedForWhenItsCallerHasLeft) {
  first.when(path).wait(gate).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets() + key());
  leave(gateway);
  EXPECT_FALSE(first.wait_closed(1, 200ms)) << "the provider bills it, whoever listens";
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 429) << "the provider is still at work: its place is taken";
  EXPECT_EQ(gateway.log().size(), 1u) << "the refusal";
  gate.open();
  auto log = gateway.log(2);
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1].status, 499);
  EXPECT_EQ(log[1].error, "client_left");
  EXPECT_EQ(log[1].cost_nano_usd, real_cost());
  EXPECT_EQ(log[1].usage.output, answer_tokens);
  EXPECT_FALSE(log[1].usage.estimated);
  EXPECT_EQ(log[1].bytes_out, 0);
  expect_nothing_held(gateway);
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200) << "its place is free, and what the answer did not cost";
  EXPECT_EQ(first.connections(), 1u) << "a connection heard to its end is kept";
  gateway.log(3);
  expect_sound_books(gateway.store_path());
}

TEST_F(LostAnswer, WithoutABudgetTheLedgerKnowsItAllTheSame) {
  first.when(path).wait(gate).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets());
  leave(gateway);
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gate.open();
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, real_cost());
}

TEST_F(LostAnswer, OneThatIsTranslatedIsWaitedForToo) {
  first.when(path).wait(gate).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets() + key("1"));
  PlainClient client = gateway.connect();
  send(client, ask(), "/anthropic/v1/messages", "x-api-key: the-only-key-there-is\r\nanthropic-version: 2023-06-01\r\n");
  ASSERT_TRUE(first.wait_requests(1));
  client.close();
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gate.open();
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, real_cost());
  expect_nothing_held(gateway);
}

TEST_F(LostAnswer, WhatIsLostThenIsBookedInFullAndTriedNowhereElse) {
  first.when(path).wait(gate).close();
  GatewayUnderTest gateway(two_targets() + key());
  leave(gateway);
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gate.open();
  const auto row = row_of_leaver(gateway);
  EXPECT_EQ(row.cost_nano_usd, worst());
  EXPECT_TRUE(row.attempts[0].may_have_run);
  expect_nothing_held(gateway);
  expect_sound_books(gateway.store_path());
}

TEST_F(LostAnswer, ARefusalThatNobodyHearsCostsNothing) {
  first.when(path).wait(gate).reply(500, json, "{}");
  GatewayUnderTest gateway(two_targets() + key());
  leave(gateway);
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gate.open();
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, 0);
  expect_nothing_held(gateway);
}

TEST_F(LostAnswer, ItIsWaitedForNoLongerThanAnAnswerMayTake) {
  first.when(path).stall();
  GatewayUnderTest gateway(two_targets(", timeouts: { total: 300ms }") + key());
  leave(gateway);
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, worst());
  EXPECT_TRUE(first.wait_closed(1));
  expect_nothing_held(gateway);
}

TEST_F(LostAnswer, WhatTheEndOfTheGatewayCutsOffIsBookedInFull) {
  first.when(path).stall();
  GatewayUnderTest gateway(two_targets() + key(), "threads: 1, timeouts: { drain: 300ms }");
  leave(gateway);
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gateway.stop();
  EXPECT_TRUE(first.wait_closed(1));
  auto store = store::open_sqlite(gateway.store_path(), true);
  ASSERT_TRUE(store);
  const auto rows = (*store)->find({});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].record.status, 499);
  EXPECT_EQ((*rows)[0].record.cost_nano_usd, worst());
  expect_sound_books(gateway.store_path());
}

// The same of one whose caller is still there: no provider stops because we do.
TEST_F(LostAnswer, SoIsOneThatSomebodyWaitsFor) {
  first.when(path).stall();
  GatewayUnderTest gateway(two_targets() + key(), "threads: 1, timeouts: { drain: 50ms }");
  PlainClient client = gateway.connect();
  send(client, ask());
  ASSERT_TRUE(first.wait_requests(1));
  gateway.stop();
  auto store = store::open_sqlite(gateway.store_path(), true);
  ASSERT_TRUE(store);
  const auto rows = (*store)->find({});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].record.cost_nano_usd, worst());
}

TEST_F(LostAnswer, AStreamThatHasNotBegunEndsWithItsCallerAndCostsItsInput) {
  first.when(path).stall();
  GatewayUnderTest gateway(two_targets() + key());
  leave(gateway, ask(",\"stream\":true"));
  EXPECT_TRUE(first.wait_closed(1));
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, input_cost());
  expect_nothing_held(gateway);
}

// Too large to be held: it is shown as it comes, and its usage stands at its end.
class LostLargeAnswer : public LostAnswer {
 protected:
  const std::string whole = answer(std::string(12 << 20, 'x'));
  void leave_in_the_middle(GatewayUnderTest& gateway) {
    PlainClient client = gateway.connect();
    send(client, ask());
    ASSERT_TRUE(client.read_until("xxxx"));
    client.close();
  }
  Script half() {
    Script script = first.when(path);
    script.head(200, {{"content-type", "application/json"}, {"transfer-encoding", "chunked"}}).chunk(whole.substr(0, 9 << 20)).wait(gate);
    return script;
  }
};

TEST_F(LostLargeAnswer, IsHeardToItsEnd) {
  half().chunk(whole.substr(9 << 20)).end();
  GatewayUnderTest gateway(two_targets() + key());
  leave_in_the_middle(gateway);
  EXPECT_FALSE(first.wait_closed(1, 100ms));
  gate.open();
  const auto row = row_of_leaver(gateway);
  EXPECT_EQ(row.cost_nano_usd, real_cost());
  EXPECT_FALSE(row.usage.estimated);
  expect_nothing_held(gateway);
}

TEST_F(LostLargeAnswer, IsBookedInFullIfItHasNoEnd) {
  half().close();
  GatewayUnderTest gateway(two_targets() + key());
  leave_in_the_middle(gateway);
  gate.open();
  EXPECT_EQ(row_of_leaver(gateway).cost_nano_usd, worst());
  expect_nothing_held(gateway);
}

// A good status, and then no answer: whether somebody has made one shows in what came instead.
struct Instead {
  const char* body;
  bool made;
};
class NoAnswer : public LostAnswer, public testing::WithParamInterface<Instead> {};
TEST_P(NoAnswer, IsBookedIfOneMayHaveBeenMade) {
  first.when(path).reply(200, json, GetParam().body);
  second.when(path).reply(200, json, answer());
  GatewayUnderTest gateway(two_targets(", retry: { max_attempts: 1 }") + key());
  EXPECT_EQ(gateway.chat(ask(), bearer).status, 200);
  const auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u);
  ASSERT_EQ(log[0].attempts.size(), 2u);
  EXPECT_EQ(log[0].attempts[0].may_have_run, GetParam().made);
  EXPECT_EQ(log[0].attempts[0].cost_nano_usd, GetParam().made ? worst() : 0);
  EXPECT_EQ(log[0].attempts[1].cost_nano_usd, real_cost());
  expect_nothing_held(gateway);
  expect_sound_books(gateway.store_path());
}
INSTANTIATE_TEST_SUITE_P(Bodies, NoAnswer,
                         testing::Values(Instead{"", true}, Instead{" \n", true}, Instead{R"({"id":"1","choices":[{"index":0,"mess)", true},
                                         Instead{"<html>proxy</html>", false},
                                         Instead{R"({"error":{"message":"no","type":"server_error","param":null,"code":null}})", false}));

class Transcript : public LostAnswer, public testing::WithParamInterface<const char*> {};
TEST_P(Transcript, MayBeATextOfAnyForm) {
  const std::string to = "/v1/audio/transcriptions";
  first.when(to).reply(200, {{"content-type", "text/plain; charset=utf-8"}}, GetParam());
  GatewayUnderTest gateway(two_targets() + key("10"));
  const std::string form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngpt-4o\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; "
                           "filename=\"a.wav\"\r\n\r\nRIFF\r\n--b--\r\n";
  PlainClient client = gateway.connect();
  send(client, form, to, bearer + "Content-Type: multipart/form-data; boundary=b\r\n");
  const HttpAnswer got = client.read_answer();
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Texts, Transcript, testing::Values("[Music] la\n", "{sighs}", ""));

}  // namespace
}  // namespace sluice::test
