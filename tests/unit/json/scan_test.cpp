#include "sluice/json/scan.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::json {
namespace {

using namespace std::string_literals;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs members(std::string_view text, bool expected) {
  Pairs seen;
  const bool whole =
      each_member(text, [&](std::string_view key, std::string_view value) { seen.emplace_back(key, value); });
  EXPECT_EQ(whole, expected) << text;
  return seen;
}

TEST(JsonScan, WalksMembers) {
  EXPECT_EQ(members("{}", true), Pairs{});
  EXPECT_EQ(members(R"( { "a" : 1 , "b":"x,}\"" ,"c":[{"d":"]"}],"e":null} trailing)", true),
            (Pairs{{"a", "1"}, {"b", R"("x,}\"")"}, {"c", R"([{"d":"]"}])"}, {"e", "null"}}));
}

TEST(JsonScan, StopsAtWhatIsBroken) {
  for (const char* text :
       {"", "[]", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":\"x", "{\"a\":[1", "{a:1}", "{,"}) {
    EXPECT_EQ(members(text, false), Pairs{}) << text;
  }
  EXPECT_EQ(members("{\"a\":1,}", false), (Pairs{{"a", "1"}}));
  EXPECT_EQ(members("{\"a\":1 \"b\":2}", false), (Pairs{{"a", "1"}}));
  EXPECT_EQ(members("{\"a\":1,\"b\":\"\\", false), (Pairs{{"a", "1"}}));
}

TEST(JsonScan, WalksElements) {
  std::vector<std::string> seen;
  EXPECT_TRUE(each_element(R"([1, "a,b" ,{"x":[]},[ ]])", [&](std::string_view value) { seen.emplace_back(value); }));
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "\"a,b\"", "{\"x\":[]}", "[ ]"}));
  EXPECT_TRUE(each_element(" [ ] ", [](std::string_view) { ADD_FAILURE(); }));
  for (const char* text : {"", "{}", "[", "[1", "[1,", "[,", "[1,]"}) {
    EXPECT_FALSE(each_element(text, [](std::string_view) {})) << text;
  }
}

TEST(JsonScan, AWalkCanBeStopped) {
  int seen = 0;
  EXPECT_TRUE(each_element("[1,2,", [&](std::string_view) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

TEST(JsonScan, FindsAMember) {
  const std::string text = R"({"x":{"usage":1},"s":"\"usage\":2","usage":{"n":3},"usage":4})";
  EXPECT_EQ(find(text, "usage"), R"({"n":3})");
  EXPECT_EQ(find(text, "n"), std::nullopt);
  EXPECT_EQ(find(R"({"a\u0062":1})", "ab"), std::nullopt);
  EXPECT_EQ(find("nonsense", "a"), std::nullopt);
}

// Everything the walkers give must lie inside the text and agree with the validator.
TEST(JsonScan, StaysInsideCutTexts) {
  const std::string text = R"({"a":[1,{"b":"c\\\""}],"d":"\u0041","e":-1.5})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::vector<char> exact(text.begin(),
                                  text.begin() + static_cast<std::ptrdiff_t>(size));  // ASan guards its end
    EXPECT_FALSE(each_member({exact.data(), exact.size()}, [](std::string_view, std::string_view) {})) << size;
  }
}

TEST(JsonScan, KnowsKinds) {
  EXPECT_EQ(kind_of(" {"), Kind::object);
  EXPECT_EQ(kind_of("[1]"), Kind::array);
  EXPECT_EQ(kind_of("\"a\""), Kind::string);
  EXPECT_EQ(kind_of("-1"), Kind::number);
  EXPECT_EQ(kind_of("true"), Kind::boolean);
  EXPECT_EQ(kind_of("null"), Kind::null);
  EXPECT_EQ(kind_of(""), Kind::none);
  EXPECT_EQ(kind_of("x"), Kind::none);
  EXPECT_EQ(describe(Kind::object), "an object");
}

TEST(JsonScan, ReadsIntegersAndBooleans) {
  EXPECT_EQ(to_integer("42"), 42);
  EXPECT_EQ(to_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"", "9223372036854775808", "1.0", "1e3", "\"1\"", "1 ", "null", "+1"})
    EXPECT_EQ(to_integer(text), std::nullopt) << text;
  EXPECT_EQ(to_boolean("true"), true);
  EXPECT_EQ(to_boolean("false"), false);
  EXPECT_EQ(to_boolean("\"true\""), std::nullopt);
}

TEST(JsonUnquote, DecodesEscapes) {
  EXPECT_EQ(unquoted(R"("")"), "");
  EXPECT_EQ(unquoted(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unquoted(R"("\u0041\u00e9\u4f60\ud83d\ude00\uDBFF\uDFFF")"),
            "A\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
  EXPECT_EQ(unquoted(R"("\u0000")"), "\0"s);
  EXPECT_EQ(unquoted("\"a text longer than sixteen bytes, \xc3\xa9 and \xf0\x9f\x98\x80\""),
            "a text longer than sixteen bytes, \xc3\xa9 and \xf0\x9f\x98\x80");
}

TEST(JsonUnquote, LoneSurrogatesBecomeReplacementCharacters) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(unquoted(R"("\ud800")"), mark);
  EXPECT_EQ(unquoted(R"("\udc00x")"), mark + "x");
  EXPECT_EQ(unquoted(R"("\ud800\u0041")"), mark + "A");
  EXPECT_EQ(unquoted(R"("\ud800\ud83d\ude00")"), mark + "\xf0\x9f\x98\x80");
  EXPECT_EQ(unquoted(R"("\ud800\n")"), mark + "\n");
}

TEST(JsonUnquote, RefusesWhatIsNoString) {
  for (const std::string& text : {""s, "\""s, "a"s, "\"a"s, "a\""s, "\"a\"b\""s, "\"\\\""s, "\"\\x\""s, "\"\\u12\""s,
                                  "\"\\u123g\""s, "\"a\nb\""s, "\"\xff\""s, "\"\xc3\""s, "1"s, "\"\\ud83d\\u12\""s}) {
    std::string out = "kept";
    EXPECT_FALSE(unquote(text, out)) << text;
    EXPECT_EQ(out, "kept") << text;
  }
}

TEST(JsonWrite, EscapesWhatMustBe) {
  EXPECT_EQ(json::quoted(""), "\"\"");
  EXPECT_EQ(json::quoted("a\"\\/\b\f\n\r\t\x01\x1f\x7f"), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json::quoted("\0x"s), "\"\\u0000x\"");
  EXPECT_EQ(json::quoted("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
  EXPECT_EQ(json::quoted("a\xff\xc3"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonWrite, AnyBytesGiveAValidStringAndValidTextComesBack) {
  std::mt19937 random(7);
  for (int i = 0; i < 5'000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(i % 2 == 0 ? random() % 256 : random() % 128);
    const std::string written = json::quoted(text);
    ASSERT_FALSE(validate(written)) << written;
    ASSERT_TRUE(unquoted(written));
    if (valid_utf8(text)) {
      EXPECT_EQ(unquoted(written), text);
    }
    EXPECT_EQ(unquoted(written), nlohmann::json::parse(written).get<std::string>());
  }
}

TEST(JsonFindFromEnd, FindsTheObjectsOwnLastMemberAndNoOther) {
  const auto found = [](std::string_view text) { return std::string(find_from_end(text, "usage").value_or("-")); };
  EXPECT_EQ(found(R"({"a":[1,2],"usage":{"n":1}})"), R"({"n":1})");
  EXPECT_EQ(found(R"({"usage" : {"n":{"usage":2}} , "tier":"x,}", "z":[{}] })" "\n"), R"({"n":{"usage":2}})");
  EXPECT_EQ(found(R"({"usage":1,"usage":2})"), "2") << "as parsers have it";
  EXPECT_EQ(found(R"({"x":{"usage":1}})"), "-") << "another object's";
  EXPECT_EQ(found(R"({"x":[{"usage":1}]})"), "-");
  EXPECT_EQ(found(R"({"usage":1,"x":{"usage":2}})"), "1");
  EXPECT_EQ(found(R"({"x":"\"usage\":1"})"), "-") << "text";
  EXPECT_EQ(found(R"({"x":"usage"})"), "-");
  EXPECT_EQ(found(R"({"usage":1)"), "-") << "cut off";
  EXPECT_EQ(found(R"({"usage":)"), "-");
  EXPECT_EQ(found("\"usage\""), "-");
  EXPECT_EQ(found(""), "-");
  EXPECT_EQ(found(R"({"usage":1,"x":")" + std::string(5000, 'y') + "\"}"), "-") << "out of reach: a full walk finds it";
}

TEST(JsonSplice, ReplacesARange) {
  EXPECT_EQ(splice("abcdef", 2, 4, "XYZ"), "abXYZef");
  EXPECT_EQ(splice("abc", 3, 3, "d"), "abcd");
}

TEST(JsonSplice, SetsAMember) {
  EXPECT_EQ(set_member(R"({"a": 1, "b" : 2 })", "a", "[]"), R"({"a": [], "b" : 2 })");
  EXPECT_EQ(set_member(R"({"a": 1 })", "b", "2"), R"({"a": 1,"b":2 })");
  EXPECT_EQ(set_member(" { } ", "b", "2"), R"( {"b":2 } )");
  EXPECT_EQ(set_member("[]", "b", "2"), std::nullopt);
  EXPECT_EQ(set_member("{\"a\":1", "b", "2"), std::nullopt);
}

}  // namespace
}  // namespace sluice::json
