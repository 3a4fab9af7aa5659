#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <thread>

#include "sluice/base/ids.hpp"
#include "sluice/base/pattern.hpp"
#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"

namespace sluice {
namespace {

TEST(RequestIds, HaveTheAgreedForm) {
  const std::string id(RequestId::make(1'700'000'000'000).view());
  ASSERT_EQ(id.size(), 30u);
  EXPECT_EQ(id.substr(0, 4), "req_");
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz", 4), std::string::npos) << id;
}

TEST(RequestIds, SortByTime) {
  std::string before;
  for (std::int64_t ms : {0ll, 1ll, 31ll, 32ll, 1'699'999'999'999ll, 1'700'000'000'000ll, (1ll << 48) - 1}) {
    const std::string id(RequestId::make(ms).view());
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(RequestIds, AreUniqueAcrossThreads) {
  std::vector<std::set<RequestId>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] { for (int i = 0; i < 5'000; ++i) ids.insert(RequestId::make(1)); });
  }
  for (auto& thread : threads) thread.join();
  std::set<RequestId> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(Patterns, MatchStarsAndNothingElseSpecial) {
  EXPECT_TRUE(matches("gpt-4o", "gpt-4o"));
  EXPECT_FALSE(matches("gpt-4o", "gpt-4o-mini"));
  EXPECT_FALSE(matches("gpt-4o", "GPT-4o"));
  EXPECT_TRUE(matches("gpt-4o*", "gpt-4o"));
  EXPECT_TRUE(matches("gpt-4o*", "gpt-4o-mini"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "anything"));
  EXPECT_TRUE(matches("**", "x"));
  EXPECT_TRUE(matches("*-mini", "gpt-4o-mini"));
  EXPECT_FALSE(matches("*-mini", "gpt-4o-mini-2024"));
  EXPECT_TRUE(matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(matches("a*b*c", "aXbYbZ"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "x"));
  EXPECT_FALSE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a.c", "abc"));
  EXPECT_TRUE(matches("a*a", "aa"));
  EXPECT_FALSE(matches("a*a", "a"));
}

TEST(Patterns, StayCheapOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", std::string(2'000, 'a')));
}

TEST(Patterns, AnEmptyListMatchesNothing) {
  EXPECT_FALSE(matches_any({}, "a"));
  EXPECT_TRUE(matches_any({"b", "a*"}, "abc"));
}

TEST(Text, AppendsIntegers) {
  std::string out = "n=";
  append_integer(out, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(out, "n=-9223372036854775808");
  append_integer(out, 0);
  EXPECT_EQ(out.back(), '0');
}

TEST(Text, ComparesWithoutCaseAndTrims) {
  EXPECT_TRUE(iequals("Bearer", "bEARER"));
  EXPECT_FALSE(iequals("Bearer", "Bearers"));
  EXPECT_FALSE(iequals("@", "`"));
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(Time, ReadsRfc3339) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2027-01-01T00:00:00Z"), 1798761600);
  EXPECT_EQ(parse_rfc3339("2027-01-01t02:30:00.123456+02:30"), 1798761600);
  EXPECT_EQ(parse_rfc3339("2026-12-31 23:00:00-01:00"), 1798761600);
  EXPECT_EQ(parse_rfc3339("2024-02-29T23:59:60z"), 1709251200);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), -1);
  for (const char* text :
       {"", "2027", "2027-01-01", "2027-01-01T00:00:00", "2027-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
        "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:61Z", "2027-1-01T00:00:00Z",
        "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00+0100", "2027-01-01T00:00:00ZZ", " 2027-01-01T00:00:00Z",
        "2027-01-00T00:00:00Z", "-027-01-01T00:00:00Z", "2027-01-01T00:00:00+24:00"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(Time, WritesRfc3339) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(format_rfc3339_us(1'798'761'600'000'042), "2027-01-01T00:00:00.000042Z");
  for (std::int64_t t = -2'000'000'000; t < 4'000'000'000; t += 12'345'677)
    EXPECT_EQ(parse_rfc3339(format_rfc3339(t)), t);
}

TEST(Time, IsNow) {
  EXPECT_GT(unix_seconds(), 1'600'000'000);
  EXPECT_NEAR(static_cast<double>(unix_us()) / 1e6, static_cast<double>(unix_seconds()), 2.0);
}

}  // namespace
}  // namespace sluice
