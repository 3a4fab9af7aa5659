// The contract of Store, held against SQLite on a real file, then what is SQLite's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

#include <sqlite3.h>

#include "sluice/store/store.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Store> opened(const std::filesystem::path& path, bool read_only = false) {
  auto store = open_sqlite(path.string(), read_only);
  if (!store) {
    ADD_FAILURE() << store.error().message();
    std::abort();
  }
  return std::move(*store);
}

void execute(const std::filesystem::path& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

StoredKey key_named(const std::string& id) {
  StoredKey key;
  key.id = id;
  key.sha256 = std::string(28, '\0') + id;   // raw bytes, zeros included
  key.sha256.resize(32, 'x');
  key.hint = "wxyz", key.account = "production", key.team = "ml";
  key.models = {"gpt-4o", "claude-*"};
  key.enabled = false;
  key.expires_at = 1'800'000'000;
  key.created_at = 1'700'000'000;
  key.from_config = true;
  return key;
}

void expect_same(const StoredKey& a, const StoredKey& b) {
  EXPECT_EQ(a.id, b.id); EXPECT_EQ(a.sha256, b.sha256); EXPECT_EQ(a.hint, b.hint); EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.team, b.team); EXPECT_EQ(a.models, b.models); EXPECT_EQ(a.enabled, b.enabled);
  EXPECT_EQ(a.expires_at, b.expires_at); EXPECT_EQ(a.created_at, b.created_at); EXPECT_EQ(a.from_config, b.from_config);
}

class StoreContract : public testing::Test {
 protected:
  std::vector<std::string> found(const LogQuery& query) {
    auto rows = store->find(query);
    if (!rows) {
      ADD_FAILURE() << rows.error().message();
      return {};
    }
    std::vector<std::string> ids;
    for (const auto& row : *rows) ids.push_back(row.record.id);
    return ids;
  }

  TemporaryDirectory directory;
  std::filesystem::path path = directory / "deep/er/sluice.db";
  std::unique_ptr<Store> store = opened(path);
};

TEST_F(StoreContract, KeepsEveryFieldOfARecord) {
  const std::vector records{full_record("a")};
  ASSERT_TRUE(store->write(records));
  const auto rows = store->find({});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  test::expect_same((*rows)[0].record, records[0]);
}

TEST_F(StoreContract, KeepsTextThatIsNoTextOfAnyKind) {
  auto record = full_record("a");
  record.error_message = std::string("\0\xff\xfe'\";--", 9);
  record.attempts[0].error = "quote \" backslash \\ control \x01";
  record.dropped = {"\"]", ""};
  ASSERT_TRUE(store->write({&record, 1}));
  const auto rows = store->find({});
  ASSERT_TRUE(rows);
  test::expect_same((*rows)[0].record, record);
}

TEST_F(StoreContract, CountsARecordOnceHoweverOftenItIsWritten) {
  auto again = small_record("a");
  again.cost_nano_usd = 5;
  const std::vector first{small_record("a"), small_record("b")}, second{again, small_record("c")};
  ASSERT_TRUE(store->write(first));
  ASSERT_TRUE(store->write(second));
  const auto rows = store->find({.newest_first = false});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].record.cost_nano_usd, 0);
}

TEST_F(StoreContract, FindsByEachFilter) {
  auto a = full_record("a"), b = full_record("b"), c = full_record("c");
  a.at_us = 100, b.at_us = 200, c.at_us = 300;
  a.key_id = "k1", b.account = "other", c.provider = "anthropic";
  a.status = 200, a.error = "";
  b.model_asked = "x[y]?", b.model_served = "z";
  ASSERT_TRUE(store->write(std::vector{c, a, b}));
  EXPECT_THAT(found({}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(found({.newest_first = false}), ElementsAre("c", "a", "b"));
  EXPECT_THAT(found({.limit = 2}), ElementsAre("c", "b"));
  EXPECT_THAT(found({.key_id = "k1"}), ElementsAre("a"));
  EXPECT_THAT(found({.account = "other"}), ElementsAre("b"));
  EXPECT_THAT(found({.provider = "anthropic"}), ElementsAre("c"));
  EXPECT_THAT(found({.request_id = "b"}), ElementsAre("b"));
  EXPECT_THAT(found({.status = 200}), ElementsAre("a"));
  EXPECT_THAT(found({.errors_only = true}), ElementsAre("c", "b"));
  EXPECT_THAT(found({.since_us = 200}), ElementsAre("c", "b"));
  EXPECT_THAT(found({.since_us = 100, .until_us = 300}), ElementsAre("b", "a"));
  EXPECT_THAT(found({.model = "gpt-4o"}), ElementsAre("c", "a"));
  EXPECT_THAT(found({.model = "gpt-4o-2024*"}), ElementsAre("c", "a"));
  EXPECT_THAT(found({.model = "x[y]?"}), ElementsAre("b"));
  EXPECT_THAT(found({.model = "xy?"}), IsEmpty());
  EXPECT_THAT(found({.key_id = "k1' OR 1=1 --"}), IsEmpty());
}

TEST_F(StoreContract, FollowsByRowNumber) {
  ASSERT_TRUE(store->write(std::vector{small_record("a"), small_record("b")}));
  const auto rows = store->find({.newest_first = false});
  ASSERT_TRUE(rows);
  ASSERT_TRUE(store->write(std::vector{small_record("c")}));
  EXPECT_THAT(found({.after_row = rows->back().row, .newest_first = false}), ElementsAre("c"));
}

TEST_F(StoreContract, ExpiresOldRowsInBatchesButNeverTheNewest) {
  std::vector<RequestRecord> records;
  for (int i = 0; i < 10; ++i) {
    records.push_back(small_record(std::to_string(i)));
    records.back().at_us = i;
  }
  ASSERT_TRUE(store->write(records));
  const auto first = store->expire(7, 4), second = store->expire(7, 4), third = store->expire(1000, 100);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(*first, 4);
  EXPECT_EQ(*second, 3);
  EXPECT_EQ(*third, 2);
  EXPECT_THAT(found({}), ElementsAre("9"));
}

TEST_F(StoreContract, KeepsKeys) {
  const auto key = key_named("b");
  ASSERT_TRUE(store->add_key(key));
  ASSERT_TRUE(store->add_key(key_named("a")));
  const auto keys = store->keys();
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2u);
  expect_same((*keys)[0], key_named("a"));
  expect_same((*keys)[1], key);
}

TEST_F(StoreContract, RefusesAKeyTwice) {
  ASSERT_TRUE(store->add_key(key_named("a")));
  auto same_text = key_named("b");
  same_text.sha256 = key_named("a").sha256;
  const auto id = store->add_key(key_named("a")), hash = store->add_key(same_text);
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code(), Code::bad_request);
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code(), Code::bad_request);
  ASSERT_TRUE(store->add_key(key_named("c")));   // a refusal leaves the store usable
}

TEST_F(StoreContract, ReplacesAndRemovesKeys) {
  ASSERT_TRUE(store->add_key(key_named("a")));
  auto changed = key_named("a");
  changed.enabled = true, changed.expires_at.reset(), changed.models.clear(), changed.sha256.assign(32, 'n');
  ASSERT_TRUE(store->replace_key(changed));
  expect_same(store->keys()->at(0), changed);
  const auto missing = store->replace_key(key_named("zz"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::not_found);
  EXPECT_TRUE(*store->remove_key("a"));
  EXPECT_FALSE(*store->remove_key("a"));
  EXPECT_THAT(*store->keys(), IsEmpty());
}

TEST_F(StoreContract, SeesChangesOfOthersButNotItsOwn) {
  const auto other = opened(path);
  const auto before = *store->change_counter();
  ASSERT_TRUE(store->add_key(key_named("a")));
  EXPECT_EQ(*store->change_counter(), before);
  ASSERT_TRUE(other->add_key(key_named("b")));
  EXPECT_NE(*store->change_counter(), before);
}

TEST_F(StoreContract, IsReadWhileItIsWritten) {
  ASSERT_TRUE(store->write(std::vector{small_record("a")}));
  const auto reader = opened(path, true);
  ASSERT_TRUE(store->write(std::vector{small_record("b")}));
  const auto rows = reader->find({});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2u);
  EXPECT_FALSE(reader->write(std::vector{small_record("c")}));
}

TEST_F(StoreContract, KeepsItsContentsAcrossOpenings) {
  ASSERT_TRUE(store->write(std::vector{small_record("a")}));
  store->idle();
  store.reset();
  store = opened(path);
  EXPECT_THAT(found({}), ElementsAre("a"));
}

TEST(SqliteFile, IsReadableByItsOwnerOnly) {
  TemporaryDirectory directory;
  const auto store = opened(directory / "s.db");
  ASSERT_TRUE(store->write(std::vector{small_record("a")}));
  for (const char* name : {"s.db", "s.db-wal", "s.db-shm"}) {
    struct stat info {};
    ASSERT_EQ(::stat((directory / name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777u, 0600u) << name;
  }
}

TEST(SqliteFile, ReadOnlyDoesNotMakeIt) {
  TemporaryDirectory directory;
  const auto store = open_sqlite((directory / "none.db").string(), true);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::not_found);
  EXPECT_FALSE(std::filesystem::exists(directory / "none.db"));
}

TEST(SqliteFile, RefusesANewerSchema) {
  TemporaryDirectory directory;
  opened(directory / "s.db").reset();
  execute(directory / "s.db", "PRAGMA user_version = 999");
  const auto store = open_sqlite((directory / "s.db").string());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message(), HasSubstr("schema 999"));
}

TEST(SqliteFile, RefusesAnotherProgramsDatabase) {
  TemporaryDirectory directory;
  execute(directory / "s.db", "CREATE TABLE theirs (a)");
  const auto store = open_sqlite((directory / "s.db").string());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message(), HasSubstr("another program"));
}

TEST(SqliteFile, RefusesWhatIsNoDatabase) {
  TemporaryDirectory directory;
  std::ofstream(directory / "s.db") << std::string(8192, 'z');
  const auto store = open_sqlite((directory / "s.db").string());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message(), HasSubstr("not a database"));
}

TEST(SqliteFile, SaysWhyItCannotBeMade) {
  TemporaryDirectory directory;
  std::ofstream(directory / "file") << "x";
  const auto store = open_sqlite((directory / "file/s.db").string());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message(), HasSubstr("file"));
}

}  // namespace
}  // namespace sluice::store
