#include "sluice/json/validate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/json_oracle.hpp"

namespace sluice::json {
namespace {

using namespace std::string_literals;

const std::vector<std::string> good = {
    "{}", "[]", "0", "-0", "1.5e+10", "1E5", "-12.25", "true", "false", "null", R"("")", R"("a")", " \t\r\n[ ] ",
    R"({"a":1,"b":[1,2,{"c":null}],"d":{}})", R"({"a":1,"a":2})", R"({"":0})", R"([[],[[]],{}])",
    R"("\"\\\/\b\f\n\r\tA\ud83d\ude00")", R"("\ud800")", R"("\udc00x")", R"("\ud800A")", "1e99999", "\"\x7f\"",
    "\"\xc3\xa9 \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf\"",
    "123456789012345678901234567890.000000000000000000000000001",
};

const std::vector<std::string> bad = {
    "", " ", "{", "[", "}", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{}{}", "{} x", "[1]]", "tru", "truex", "nul",
    "True", "NaN",
    "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "\"\\", "\"\\\"",
    "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"a\nb\"", "\"\t\"", "\"\x01\"", "\"\x1f\"", "// c\n1",
    "/*c*/1", "\xef\xbb\xbf{}", "{}\0"s, "\"\0\""s, "\x0c{}", "\xa0{}",
    "\"\x80\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xc1\xbf\"", "\"\xe0\x9f\xbf\"", "\"\xe4\xbd\"", "\"\xed\xa0\x80\"",
    "\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xf0\x9f\x98\"",
    "\"\xc3\x28\"",
};

// The text padded so that what is in it falls on every place of a 16-byte block.
std::string padded(const std::string& text, std::size_t by) {
  return "[\"" + std::string(by, 'x') + "\"," + text + "]";
}

TEST(JsonValidate, AcceptsEveryValidText) {
  for (const auto& text : good) {
    EXPECT_FALSE(validate(text)) << text << ": " << validate(text)->reason;
    for (std::size_t by = 0; by < 20; ++by) EXPECT_FALSE(validate(padded(text, by))) << padded(text, by);
  }
}

TEST(JsonValidate, RefusesEveryInvalidText) {
  for (const auto& text : bad) {
    EXPECT_TRUE(validate(text)) << text;
    if (text == "[1]]" || text.find_first_not_of(' ') == std::string::npos) continue;
    for (std::size_t by = 0; by < 20; ++by) EXPECT_TRUE(validate(padded(text, by))) << padded(text, by);
  }
}

TEST(JsonValidate, RefusesEveryPrefixOfAnObject) {
  const std::string text =
      R"({"model":"gpt-4o","messages":[{"role":"user","content":"h\u00e9 \" \\ é"}],"n":-1.5e3,"x":[true,null]})";
  ASSERT_FALSE(validate(text));
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_TRUE(validate(text.substr(0, size))) << size;
}

TEST(JsonValidate, NestsTo128LevelsAndNoDeeper) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_FALSE(validate(nested(128)));
  EXPECT_TRUE(validate(nested(129)));
  EXPECT_TRUE(validate(std::string(1'000'000, '[')));
  std::string objects, closers;
  for (int i = 0; i < 128; ++i) objects += "{\"a\":", closers += '}';
  EXPECT_FALSE(validate(objects + "1" + closers));
  EXPECT_TRUE(validate("[" + objects + "1" + closers + "]"));
}

TEST(JsonValidate, SaysWhereAndWhy) {
  const auto fault = [](std::string_view text) { return validate(text).value_or(Fault{9999, "valid"}); };
  EXPECT_EQ(fault("{\"a\":tru}").at, 5u);
  EXPECT_STREQ(fault("{\"a\":tru}").reason, "expected a value");
  EXPECT_EQ(fault("{\"a\" 1}").at, 5u);
  EXPECT_STREQ(fault("{\"a\" 1}").reason, "expected ':' after an object key");
  EXPECT_EQ(fault("[1 2]").at, 3u);
  EXPECT_STREQ(fault("[1 2]").reason, "expected ',' or ']' in an array");
  EXPECT_EQ(fault("[\"\xff\"]").at, 2u);
  EXPECT_STREQ(fault("[\"\xff\"]").reason, "invalid UTF-8");
  EXPECT_EQ(fault("[1").at, 2u);
  EXPECT_STREQ(fault("[1").reason, "the text ends too early");
  EXPECT_STREQ(fault("").reason, "the text ends too early");
  EXPECT_EQ(fault("{} x").at, 3u);
}

class Recorder final : public MemberSink {
 public:
  void member(std::string_view key, std::string_view value) override { seen.emplace_back(key, value); }
  std::vector<std::pair<std::string, std::string>> seen;
};

TEST(JsonValidate, TellsTheMembersOfTheOutermostObjectOnly) {
  Recorder recorder;
  EXPECT_FALSE(validate_object(" { \"a\" : 1 ,\n\"b\\u0041\":{\"c\":[1, 2]} , \"\" : \"x\\\"y\"}\n", recorder));
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", "1"}, {"b\\u0041", "{\"c\":[1, 2]}"}, {"", "\"x\\\"y\""}};
  EXPECT_EQ(recorder.seen, expected);
}

TEST(JsonValidate, AnObjectIsNoOtherValue) {
  for (const std::string text : {"[]", "1", "\"a\"", "null", "", " ", "[{}]", "{} {}", "{]", "{,}", "{\"a\":1,}"}) {
    Recorder recorder;
    EXPECT_TRUE(validate_object(text, recorder)) << text;
  }
  Recorder recorder;
  EXPECT_FALSE(validate_object("{ }", recorder));
  EXPECT_TRUE(recorder.seen.empty());
}

TEST(JsonValidate, ObjectsNestAsDeepAsOtherValues) {
  Recorder recorder;
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  EXPECT_FALSE(validate_object(nested(128), recorder));
  EXPECT_TRUE(validate_object(nested(129), recorder));
}

// One to three random changes: bytes replaced, removed, doubled, or a piece of JSON put in.
std::string mutated(std::string text, std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "\\udc00", "\xc3", "\xa9", "\xed\xa0\x80",
      "\xf0\x9f\x98\x80", "e", "E+", ".", "-", "0", "00", "1e5", "null", "true", "\n", "\t", " ", "\x01", "\x7f",
      "\"\":", "[]", "{}", "\xff"};
  const auto below = [&random](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0: text.insert(at, pieces[below(pieces.size())]); break;
      case 1: text.erase(at, 1 + below(3)); break;
      case 2: if (at < text.size()) text[at] = static_cast<char>(below(256)); break;
      default: text.insert(at, text.substr(at, 1 + below(8)));
    }
  }
  return text;
}

TEST(JsonValidate, AgreesWithAnotherStrictParserOnMutatedBodies) {
  const std::vector<std::string> seeds = {
      R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello, w\u00f6rld \ud83d\ude00"}],"t":0.7e-1,"n":1})",
      "{\n  \"stream\": true,\n  \"tools\": [],\n  "
      "\"stop\": [\"\\n\", \"\xe4\xbd\xa0\xe5\xa5\xbd\"],\n  \"user\": null\n}",
      R"([-0.0,12345678901234567890,1E400,{"a":{"b":{"c":[[[]]]}}},"\\\"\/\b\f\n\r\t",false])",
      "0", "\"\xf0\x9f\x98\x80\""};
  std::mt19937 random(20240601);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = mutated(seeds[static_cast<std::size_t>(i) % seeds.size()], random);
    const auto expected = test::strict_parser_accepts(text);
    if (!expected) continue;
    const auto fault = validate(text);
    ASSERT_EQ(!fault, *expected) << text << "\n" << (fault ? fault->reason : "accepted");
    EXPECT_LE(fault.value_or(Fault{}).at, text.size());
    ++(fault ? refused : accepted);
  }
  EXPECT_GT(accepted, 3'000);
  EXPECT_GT(refused, 3'000);
}

// Unicode table 3-7, row by row.
bool well_formed(const std::vector<unsigned>& bytes) {
  const auto in = [&](std::size_t i, unsigned low, unsigned high) { return bytes[i] >= low && bytes[i] <= high; };
  const auto follow = [&](std::size_t i) { return in(i, 0x80, 0xbf); };
  if (bytes.size() == 2) return in(0, 0xc2, 0xdf) && follow(1);
  if (bytes.size() == 3) {
    const bool second = bytes[0] == 0xe0 ? in(1, 0xa0, 0xbf) : bytes[0] == 0xed ? in(1, 0x80, 0x9f) : follow(1);
    return in(0, 0xe0, 0xef) && second && follow(2);
  }
  const bool second = bytes[0] == 0xf0 ? in(1, 0x90, 0xbf) : bytes[0] == 0xf4 ? in(1, 0x80, 0x8f) : follow(1);
  return in(0, 0xf0, 0xf4) && second && follow(2) && follow(3);
}

// Every lead with every second byte and the edges of the rest: alone, at the end of a text, and inside a longer one.
TEST(JsonUtf8, AgreesWithTheTableOfWellFormedSequences) {
  const std::vector<unsigned> edges = {0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff, 0x41};
  const auto check = [](const std::vector<unsigned>& bytes) {
    std::string text;
    for (const unsigned byte : bytes) text.push_back(static_cast<char>(byte));
    const bool expected = well_formed(bytes);
    ASSERT_EQ(valid_utf8(text), expected) << testing::PrintToString(bytes);
    ASSERT_EQ(valid_utf8(text + "abcd"), expected) << testing::PrintToString(bytes);
    const std::string between = "\xe4\xbd\xa0" + text;
    ASSERT_EQ(!validate('"' + between + '"'), expected) << testing::PrintToString(bytes);
    ASSERT_EQ(!validate('"' + between + between + "padding\""), expected) << testing::PrintToString(bytes);
  };
  for (unsigned lead = 0xc0; lead <= 0xff; ++lead) {
    for (unsigned second = 0x80; second <= 0xff; ++second) {
      check({lead, second});
      for (const unsigned third : edges) {
        if (lead >= 0xe0) check({lead, second, third});
        for (const unsigned fourth : edges) {
          if (lead >= 0xf0) check({lead, second, third, fourth});
        }
      }
    }
  }
}

TEST(JsonUtf8, KnowsWellFormedText) {
  EXPECT_TRUE(valid_utf8("plain \xc3\xa9 \xf0\x9f\x98\x80"));
  EXPECT_FALSE(valid_utf8("\xc3"));
  EXPECT_FALSE(valid_utf8("a\xed\xa0\x80"));
}

}  // namespace
}  // namespace sluice::json
