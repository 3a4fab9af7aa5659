#include <gtest/gtest.h>

#include <set>

#include "sluice/auth/credentials.hpp"
#include "sluice/auth/key_table.hpp"

namespace sluice::auth {
namespace {

std::string hex(const Digest& digest) {
  std::string out;
  for (const unsigned char byte : digest) {
    out.push_back("0123456789abcdef"[byte >> 4]);
    out.push_back("0123456789abcdef"[byte & 15]);
  }
  return out;
}

Key key(std::string id, std::string_view text) {
  Key made;
  made.id = std::move(id);
  made.digest = sha256(text);
  return made;
}

KeyTable table_of(std::vector<Key> keys) {
  auto table = KeyTable::build(std::move(keys));
  EXPECT_TRUE(table);
  return std::move(*table);
}

TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("")), hex(sha256("")));
}

TEST(MakeKey, GivesPrefixed256Bits) {
  std::set<std::string> made;
  for (int i = 0; i < 200; ++i) {
    const std::string text = make_key();
    EXPECT_EQ(text.substr(0, 6), "sk-sl-");
    EXPECT_EQ(text.size(), 6u + 43u);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6),
              std::string::npos);
    made.insert(text);
  }
  EXPECT_EQ(made.size(), 200u);
}

TEST(KeyTable, FindsKeysByTheirText) {
  const KeyTable table = table_of({key("one", "sk-sl-1"), key("two", "sk-sl-2")});
  EXPECT_EQ(table.size(), 2u);
  ASSERT_NE(table.find("sk-sl-2"), nullptr);
  EXPECT_EQ(table.find("sk-sl-2")->id, "two");
  EXPECT_EQ(table.find("sk-sl-3"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
  EXPECT_EQ(table.find("sk-sl-2 "), nullptr);
}

TEST(KeyTable, TellsDigestsWithTheSameFirstBytesApart) {
  Key near = key("near", "sk-sl-1");
  near.digest[31] ^= 1;
  const KeyTable table = table_of({near, key("one", "sk-sl-1")});
  ASSERT_NE(table.find("sk-sl-1"), nullptr);
  EXPECT_EQ(table.find("sk-sl-1")->id, "one");
}

TEST(KeyTable, SurvivesBeingMoved) {
  KeyTable first = table_of({key("one", "sk-sl-1")});
  const KeyTable second = std::move(first);
  EXPECT_EQ(second.find("sk-sl-1")->id, "one");
}

TEST(KeyTable, RefusesTwoKeysOfOneSecret) {
  const auto table = KeyTable::build({key("one", "sk-sl-secret"), key("two", "x"), key("three", "sk-sl-secret")});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().message(), "the virtual keys 'one' and 'three' have the same secret");
}

TEST(Authenticate, AcceptsAnEnabledKey) {
  Key later = key("later", "sk-sl-later");
  later.expires_at = 101;
  const KeyTable table = table_of({key("one", "sk-sl-1"), later});
  const auto one = authenticate(table, "sk-sl-1", 100);
  ASSERT_TRUE(one);
  EXPECT_EQ((*one)->id, "one");
  EXPECT_TRUE(authenticate(table, "sk-sl-later", 100));
}

TEST(Authenticate, SaysHowToSendAKey) {
  const auto refused = authenticate(table_of({}), "", 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::unauthorized);
  EXPECT_EQ(refused.error().name(), "invalid_api_key");
  EXPECT_NE(refused.error().message().find("Authorization: Bearer"), std::string::npos);
}

TEST(Authenticate, ShowsAtMostFourCharactersOfAnUnknownKey) {
  const auto refused = authenticate(table_of({key("one", "sk-sl-1")}), "sk-sl-abcdefghijklmnopqrstuvwx", 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::unauthorized);
  EXPECT_EQ(refused.error().name(), "invalid_api_key");
  EXPECT_NE(refused.error().message().find("***uvwx"), std::string::npos) << refused.error().message();
  EXPECT_EQ(refused.error().message().find("tuvwx"), std::string::npos);
  const auto little = authenticate(table_of({}), "hunter2", 0);
  EXPECT_EQ(little.error().message().find("er2"), std::string::npos);
  const auto odd = authenticate(table_of({}), "sk-sl-abcdefghijkl\r\n\x1b\xff", 0);
  EXPECT_NE(odd.error().message().find("***????"), std::string::npos);
}

TEST(Authenticate, RefusesDisabledAndExpiredKeys) {
  Key disabled = key("off", "sk-sl-off");
  disabled.enabled = false;
  Key expired = key("old", "sk-sl-old");
  expired.expires_at = 100;
  const KeyTable table = table_of({disabled, expired});
  const auto off = authenticate(table, "sk-sl-off", 0);
  ASSERT_FALSE(off);
  EXPECT_EQ(off.error().code(), Code::forbidden);
  EXPECT_EQ(off.error().name(), "key_disabled");
  const auto old = authenticate(table, "sk-sl-old", 100);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code(), Code::forbidden);
  EXPECT_EQ(old.error().name(), "key_expired");
  EXPECT_TRUE(authenticate(table, "sk-sl-old", 99));
}

std::string presented(const Credentials& given) {
  std::string decoded;
  return std::string(presented_key(given, decoded));
}

Credentials with(std::string_view Credentials::*place, std::string_view value) {
  Credentials given;
  given.*place = value;
  return given;
}

TEST(PresentedKey, ReadsEveryPlaceInOrder) {
  Credentials given{"Bearer a", "b", "c", "d", "key=e"};
  for (const auto& [place, expected] : {std::pair{&Credentials::authorization, "a"},
                                        {&Credentials::x_api_key, "b"},
                                        {&Credentials::x_goog_api_key, "c"},
                                        {&Credentials::api_key, "d"},
                                        {&Credentials::query, "e"}}) {
    EXPECT_EQ(presented(given), expected);
    given.*place = {};
  }
  EXPECT_EQ(presented(given), "");
}

TEST(PresentedKey, ReadsBearerAsClientsWriteIt) {
  const auto of = [](std::string_view header) { return presented(with(&Credentials::authorization, header)); };
  EXPECT_EQ(of("bearer  k "), "k");
  EXPECT_EQ(of("BEARER\tk"), "k");
  for (const char* none : {"", "Bearer", "Bearer ", "Bearerk", "Basic a2V5", "k"}) EXPECT_EQ(of(none), "") << none;
  EXPECT_EQ(of("AWS4-HMAC-SHA256 Credential=sk-sl-1/20261126/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=ab"), "sk-sl-1");
  EXPECT_EQ(of("AWS4-HMAC-SHA256 SignedHeaders=host"), "");
}

TEST(PresentedKey, DecodesTheQuery) {
  const auto of = [](std::string_view query) { return presented(with(&Credentials::query, query)); };
  EXPECT_EQ(of("alt=sse&key=a%2Db%2fc+d&key=other"), "a-b/c+d");
  EXPECT_EQ(of("key=plain&x=1"), "plain");
  EXPECT_EQ(of("key=a%2"), "a%2");
  EXPECT_EQ(of("key=a%zz%41"), "a%zzA");
  for (const char* none : {"", "key", "key=", "apikey=1", "x=key=1", "&&", "KEY=1"}) EXPECT_EQ(of(none), "") << none;
}

TEST(PresentedKey, AnotherSchemeLeavesTheOtherPlaces) {
  Credentials given = with(&Credentials::authorization, "Basic abc");
  given.x_api_key = " k ";
  EXPECT_EQ(presented(given), "k");
}

}  // namespace
}  // namespace sluice::auth
