// One place of a JSON text is changed, and every other byte stays.
#include "sluice/json/splice.hpp"

#include <gtest/gtest.h>

namespace sluice::json {
namespace {

std::string without(std::string_view object, std::string_view key = "m") { return remove_member(object, key).value_or("nothing"); }

TEST(RemoveMember, TakesTheMemberAndItsCommaOnly) {
  EXPECT_EQ(without(R"({"m":1, "a" : 1e400,"b":[ ]})"), R"({"a" : 1e400,"b":[ ]})");
  EXPECT_EQ(without(R"({ "a":1 , "m" : {"m":2}, "b":3 })"), R"({ "a":1 , "b":3 })");
  EXPECT_EQ(without("{\"a\":1,\n \"m\":\"x,}\" \n}"), "{\"a\":1 \n}");
  EXPECT_EQ(without(R"({"m":1})"), "{}");
  EXPECT_EQ(without(R"( {"m":1 } )"), " { } ");
}

TEST(RemoveMember, TakesEveryOneOfThatSpelling) {
  EXPECT_EQ(without(R"({"m":1,"m":2})"), "{}");
  EXPECT_EQ(without(R"({"m":1,"a":0,"m":2})"), R"({"a":0})");
  EXPECT_EQ(without(R"({"a":0,"m":1,"m":2,"b":3,"m":4,"m":5})"), R"({"a":0,"b":3})");
}

TEST(RemoveMember, LeavesTheRestAlone) {
  EXPECT_EQ(without(R"({"a":{"m":1}})"), "nothing");
  EXPECT_EQ(without("{}"), "nothing");
  EXPECT_EQ(without("[1]"), "nothing");
  EXPECT_EQ(without(R"({"m":1,)"), "nothing");
}

TEST(WithPlainKeys, WritesEveryKeyPlainly) {
  EXPECT_EQ(with_plain_keys(R"({"typ\u0065" : [{"\u0061\u0062":"\u0065"}],"c\u00e9":"x:\"y\u0065\":"})"),
            "{\"type\" : [{\"ab\":\"\\u0065\"}],\"c\u00e9\":\"x:\\\"y\\u0065\\\":\"}");
  EXPECT_EQ(with_plain_keys(R"({"q\u0022":1,"a\u0000":{}})"), R"({"q\"":1,"a\u0000":{}})");
}

TEST(WithPlainKeys, LeavesTheRestAlone) {
  for (const std::string_view text : {R"({"a":"\u0065"})", R"({"a\"b":1})", R"(["\u0065"])", R"("\u0065")", "{}", ""}) {
    EXPECT_EQ(with_plain_keys(text), std::nullopt) << text;
  }
  for (const std::string_view cut : {R"({"\u00)", R"({"a\u0065)", R"({"a\u0065")", R"({"a\u0065\)"}) {
    EXPECT_EQ(with_plain_keys(cut), std::nullopt) << cut;
  }
}

}  // namespace
}  // namespace sluice::json
