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

}  // namespace
}  // namespace sluice::json
