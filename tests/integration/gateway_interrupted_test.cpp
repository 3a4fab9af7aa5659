// What the database has of a request under way, and so after a crash: as much as its limits have been charged.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "sluice/store/store.hpp"
#include "sluice/tokens/chat_tokens.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const std::string path = "/v1/chat/completions";
const std::string bearer = "Authorization: Bearer the-only-key-there-is\r\n";
const std::string ask = R"({"model":"gpt-4o","max_tokens":50,"messages":[{"role":"user","content":"Say it."}]})";

std::int64_t worst() { return tokens::chat_tokens(tokens::Vocabulary::o200k, ask).text * 1'000 + 50 * 2'000; }

// The database of a running gateway, as it is now.
std::string copy_of(GatewayUnderTest& gateway) {
  EXPECT_TRUE(gateway.server().flush());
  const std::string copy = gateway.store_path() + ".copy";
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(gateway.store_path().c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, ("VACUUM INTO '" + copy + "'").c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  return copy;
}

// The first target loses its answer, the second is still at work.
TEST(Interrupted, TheRowOfARequestUnderWayHasAllThatWasCharged) {
  FakeUpstream first, second;
  Gate gate;
  first.when(path).close();
  second.when(path).wait(gate).close();
  const std::string limits = "budget: { max_spend: 1, reset_duration: 1M }, rate_limit: { max_requests: 100, max_tokens: 10000, reset_duration: 1d }";
  GatewayUnderTest gateway("accounts:\n  - id: a\n    providers:\n" + openai_target("first", first.url(), "model: gpt-4o, weight: 1, " + limits) +
                           openai_target("second", second.url(), "model: gpt-4o, weight: 0, " + limits) +
                           "pricing: { overrides: [ { model: \"gpt-4o*\", input: 1, output: 2 } ] }\n"
                           "virtual_keys:\n  - { id: k, key: the-only-key-there-is, " + limits + " }\n");
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask);
  ASSERT_TRUE(second.wait_requests(1));
  auto store = store::open_sqlite(copy_of(gateway));
  ASSERT_TRUE(store);
  ASSERT_EQ(*(*store)->settle_interrupted(), 1);
  const auto rows = *(*store)->find({});
  ASSERT_EQ(rows.size(), 1u);
  const store::RequestRecord& row = rows[0].record;
  EXPECT_EQ(row.target, "second");
  ASSERT_EQ(row.attempts.size(), 2u);
  EXPECT_EQ(row.attempts[0].cost_nano_usd, worst()) << "its provider may have made the whole answer";
  EXPECT_EQ(row.attempts[1].target, "second");
  EXPECT_EQ(row.attempts[1].cost_nano_usd, worst());
  EXPECT_EQ(row.cost_nano_usd, 2 * worst());
  EXPECT_TRUE(row.usage.estimated);
  EXPECT_EQ(row.usage.output, 50);
  const auto audit = (*store)->audit([](const store::Counter&, std::int64_t period) { return period + 366 * 86'400; });
  ASSERT_TRUE(audit);
  EXPECT_GE(audit->counters_checked, 9);
  EXPECT_EQ(audit->values_checked, 8) << "money, requests and tokens of the key and of both targets, but no tokens of the answer that was lost";
  for (const auto& one : audit->counters) ADD_FAILURE() << one.name << ": " << one.says << ", should be " << one.should;
  for (const auto& one : audit->ledger) ADD_FAILURE() << one.name << ": " << one.says << ", should be " << one.should;
  gate.open();
  client.close();
}

}  // namespace
}  // namespace sluice::test
