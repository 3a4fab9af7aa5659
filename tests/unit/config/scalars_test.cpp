#include "config/scalars.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::config {
namespace {

template <class T>
std::string say(const Result<T>& result) {
  return result ? std::to_string(*result) : result.error().message();
}
std::string say(const Result<Milliseconds>& result) {
  return result ? std::to_string(result->count()) : result.error().message();
}

TEST(Scalars, MoneyIsExact) {
  EXPECT_EQ(say(parse_usd("500")), "500000000000");
  EXPECT_EQ(say(parse_usd("0")), "0");
  EXPECT_EQ(say(parse_usd("0.000000001")), "1");
  EXPECT_EQ(say(parse_usd("12.50")), "12500000000");
  EXPECT_EQ(say(parse_usd("0.1000000000000")), "100000000");
  EXPECT_EQ(say(parse_usd("9223372036.854775807")), "9223372036854775807");
  EXPECT_EQ(say(parse_usd("9223372036.854775808")), "is too large an amount");
  EXPECT_EQ(say(parse_usd("99999999999999999999")), "is too large an amount");
  EXPECT_EQ(say(parse_usd("0.0000000001")), "has more than 9 digits after the point");
  EXPECT_EQ(say(parse_usd("1e-09")), "1") << "as JSON is written";
  EXPECT_EQ(say(parse_usd("1.5e3")), "1500000000000");
  EXPECT_EQ(say(parse_usd("1e-10")), "has more than 9 digits after the point");
  for (const char* wrong : {"", ".", "1.", ".5", "1e", "1e99", "1e-", "+1", "1,5", "$5", "0x10", "nan", "1 "})
    EXPECT_EQ(say(parse_usd(wrong)), "must be an amount in US dollars such as 12.50") << wrong;
  EXPECT_EQ(say(parse_usd("-1")), "must not be negative");
}

TEST(Scalars, PricesArePerThousandTokensInNanoDollars) {
  EXPECT_EQ(say(parse_usd_per_million("1")), "1000000");  // a millionth of a dollar is 1000 nano-dollars a token
  EXPECT_EQ(say(parse_usd_per_million("0.15")), "150000");
  EXPECT_EQ(say(parse_usd_per_million("0.000001")), "1");
  EXPECT_EQ(say(parse_usd_per_million("0.0000001")), "has more than 6 digits after the point");
}

TEST(Scalars, Durations) {
  EXPECT_EQ(say(parse_duration("200ms")), "200");
  EXPECT_EQ(say(parse_duration("30s")), "30000");
  EXPECT_EQ(say(parse_duration("15m")), "900000");
  EXPECT_EQ(say(parse_duration("2h")), "7200000");
  EXPECT_EQ(say(parse_duration("1d")), "86400000");
  EXPECT_EQ(say(parse_duration("0s")), "0");
  for (const char* wrong : {"", "s", "30", "-1s", "1.5s", "1 s", "1sec", "1h30m", "1S"})
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  EXPECT_EQ(say(parse_duration("99999999999999999999s")), "is too long a duration");
  EXPECT_EQ(say(parse_duration("9223372036854775807d")), "is too long a duration");
}

TEST(Scalars, Periods) {
  const auto is = [](std::string_view text, Period::Unit unit, std::int64_t count) {
    const auto period = parse_period(text);
    return period && period->unit == unit && period->count == count;
  };
  EXPECT_TRUE(is("30s", Period::Unit::second, 30));
  EXPECT_TRUE(is("15m", Period::Unit::minute, 15));
  EXPECT_TRUE(is("1h", Period::Unit::hour, 1));
  EXPECT_TRUE(is("1d", Period::Unit::day, 1));
  EXPECT_TRUE(is("2w", Period::Unit::week, 2));
  EXPECT_TRUE(is("1M", Period::Unit::month, 1));
  EXPECT_TRUE(is("1Y", Period::Unit::year, 1));
  for (const char* wrong : {"", "M", "0M", "1y", "1D", "101Y", "-1d", "1ms", "1.5d"})
    EXPECT_FALSE(parse_period(wrong)) << wrong;
}

TEST(Scalars, Sizes) {
  EXPECT_EQ(say(parse_size("0")), "0");
  EXPECT_EQ(say(parse_size("65536")), "65536");
  EXPECT_EQ(say(parse_size("32KiB")), "32768");
  EXPECT_EQ(say(parse_size("10GiB")), "10737418240");
  EXPECT_EQ(say(parse_size("10GB")), "10000000000");
  for (const char* wrong : {"", "KiB", "1.5MiB", "1 MiB", "-1", "32mib", "1K", "99999999999999999999", "9999999TiB"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
}

TEST(Scalars, Weights) {
  EXPECT_EQ(*parse_weight("70"), 70);
  EXPECT_EQ(*parse_weight("0.5"), 0.5);
  EXPECT_EQ(*parse_weight("1e3"), 1000);
  EXPECT_EQ(*parse_weight("+2"), 2);
  for (const char* wrong : {"", "-1", "-0", "nan", "inf", "-inf", ".nan", ".inf", "1e999", "1x", "0x10", "--1", "1,5"})
    EXPECT_FALSE(parse_weight(wrong)) << wrong;
}

TEST(Scalars, WhatLooksLikeANumberIsNotText) {
  for (const char* number : {"1", "-1", "+1", "1.5", ".5", "1e5", "-.5"})
    EXPECT_TRUE(looks_like_number(number)) << number;
  for (const char* text : {"", "gpt-4o", "4o", "1.2.3", "inf", "nan", "-", "1d", "0123x"})
    EXPECT_FALSE(looks_like_number(text)) << text;
}

TEST(Scalars, Times) {
  EXPECT_EQ(say(parse_time("1970-01-01T00:00:00Z")), "0");
  EXPECT_EQ(say(parse_time("2027-01-01T00:00:00Z")), "1798761600");
  EXPECT_EQ(say(parse_time("2027-01-01T01:30:00+01:30")), "1798761600");
  EXPECT_EQ(say(parse_time("2026-12-31T23:00:00.25-01:00")), "1798761600");
  EXPECT_EQ(say(parse_time("2028-02-29T00:00:00Z")), "1835395200");
  for (const char* wrong :
       {"", "2027-01-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z", "2027-13-01T00:00:00Z", "2027-02-29T00:00:00Z",
        "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00+1:00",
        "2027-01-01T00:00:00ZZ", "x027-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_time(wrong)) << wrong;
}

TEST(Scalars, Endpoints) {
  const auto is = [](std::string_view text, std::string_view host, int port) {
    const auto endpoint = parse_endpoint(text);
    return endpoint && endpoint->host == host && endpoint->port == port;
  };
  EXPECT_TRUE(is("127.0.0.1:8080", "127.0.0.1", 8080));
  EXPECT_TRUE(is("[::1]:0", "::1", 0));
  EXPECT_TRUE(is("localhost:65535", "127.0.0.1", 65'535));
  for (const char* wrong : {"", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]",
                            "[127.0.0.1]:80", "host:80", "127.0.0.1:-1", "127.0.0.1:80x", "300.0.0.1:80"})
    EXPECT_FALSE(parse_endpoint(wrong)) << wrong;
}

}  // namespace
}  // namespace sluice::config
