#include "sluice/json/member_capture.hpp"

#include <gtest/gtest.h>

#include "sluice/json/scan.hpp"

namespace sluice::json {
namespace {

using Found = std::optional<std::string>;

Found result(const MemberCapture& capture) {
  const auto value = capture.value();
  return value ? Found(std::string(*value)) : std::nullopt;
}

Found captured(std::string_view text, std::string_view key, std::size_t most = 16 << 10) {
  MemberCapture capture(key, most);
  capture.feed(text);
  return result(capture);
}

TEST(MemberCapture, FindsTheOutermostMember) {
  EXPECT_EQ(captured(R"({"id":"x","usage":{"a":1,"b":{"c":"}"}},"z":1})", "usage"), R"({"a":1,"b":{"c":"}"}})");
  EXPECT_EQ(captured(R"({"usage":null})", "usage"), "null");
  EXPECT_EQ(captured(R"({"usage" : 12 })", "usage"), "12");
  EXPECT_EQ(captured(R"({"usage":"a\"b\\"})", "usage"), R"("a\"b\\")");
  EXPECT_EQ(captured(R"({"usage":[1,"]",{"usage":2}]})", "usage"), R"([1,"]",{"usage":2}])");
  EXPECT_EQ(captured(R"({"":1})", ""), "1");
}

TEST(MemberCapture, IsNotFooledByOtherPlaces) {
  EXPECT_EQ(captured(R"({"x":{"usage":1},"s":"\"usage\":2,","usages":3,"usag":4,"us\u0061ge":5})", "usage"),
            std::nullopt);
  EXPECT_EQ(captured(R"([{"usage":1}])", "usage"), std::nullopt);
  EXPECT_EQ(captured(R"("usage")", "usage"), std::nullopt);
  EXPECT_EQ(captured(R"({"a":1} {"usage":1})", "usage"), std::nullopt);
  EXPECT_EQ(captured("", "usage"), std::nullopt);
}

TEST(MemberCapture, TheLastOneCountsAndOnlyWhenItEnded) {
  EXPECT_EQ(captured(R"({"usage":1,"usage":{"b":2}})", "usage"), R"({"b":2})");
  EXPECT_EQ(captured(R"({"usage":{"b":2)", "usage"), std::nullopt);
  EXPECT_EQ(captured(R"({"usage":12)", "usage"), std::nullopt);
}

TEST(MemberCapture, KeepsNothingLongerThanAllowed) {
  EXPECT_EQ(captured(R"({"usage":"12345678"})", "usage", 10), R"("12345678")");
  EXPECT_EQ(captured(R"({"usage":"123456789"})", "usage", 10), std::nullopt);
  EXPECT_EQ(captured(R"({"usage":"1","usage":"123456789"})", "usage", 10), std::nullopt);
  EXPECT_EQ(captured(R"({"usage":"123456789","usage":"1"})", "usage", 10), R"("1")");
}

TEST(MemberCapture, KnowsWhenTheObjectIsWhole) {
  MemberCapture capture("usage");
  capture.feed(R"( {"a":{"b":[]})");
  EXPECT_FALSE(capture.complete());
  capture.feed(" } ");
  EXPECT_TRUE(capture.complete());
}

TEST(MemberCapture, EverySplitGivesTheSame) {
  const std::string texts[] = {
      R"( { "a\"b" : [ 1 , "x\\", { "usage" : 1 } ] , "usage" : { "n" : "\\\"}" , "m" : [ -1.5e3 ] } , "z" : 12 } )",
      R"({"choices":[{"message":{"content":"0123456789 {}[] \\\\\" usage"}}],"usage":{"prompt_tokens":10},"k":"v"})",
      R"({"usage":12345,"b":true})", R"({"usage":"ab\u0041c"})"};
  for (const std::string& text : texts) {
    const Found whole = captured(text, "usage");
    ASSERT_TRUE(whole);
    EXPECT_EQ(*whole, find(text, "usage"));
    for (std::size_t first = 0; first <= text.size(); ++first) {
      for (std::size_t second = first; second <= text.size(); ++second) {
        MemberCapture capture("usage");
        for (const auto& piece : {text.substr(0, first), text.substr(first, second - first), text.substr(second)}) {
          capture.feed(std::string(piece));   // a copy of its own: nothing may be read of it later
        }
        ASSERT_EQ(result(capture), whole) << first << ", " << second;
        ASSERT_TRUE(capture.complete());
      }
    }
    MemberCapture capture("usage");
    for (const char c : text) capture.feed({&c, 1});
    EXPECT_EQ(result(capture), whole);
  }
}

TEST(MemberCapture, SurvivesNonsense) {
  for (const char* text : {"{]", "{\"usage\":}", "{\"usage\":]}", "{\"usage\"}", "{\"a\":1]]]}}}", "{{", "}",
                           "{\"usage\":{]]}}", "{,,:"}) {
    MemberCapture capture("usage");
    for (int i = 0; i < 3; ++i) capture.feed(text);
  }
}

}  // namespace
}  // namespace sluice::json
