#include "openai_support.hpp"
#include "dialects/retry_after.hpp"

namespace sluice::dialects::openai {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(RetryAfter, SecondsAndMilliseconds) {
  EXPECT_EQ(retry_after(429, headers({{"Retry-After", "7"}})), seconds(7));
  EXPECT_EQ(retry_after(503, headers({{"Retry-After", "0.5"}})), milliseconds(500));
  EXPECT_EQ(retry_after(429, headers({{"retry-after-ms", "1234"}})), milliseconds(1234));
  EXPECT_EQ(retry_after(429, headers({{"retry-after-ms", "0"}, {"Retry-After", "1"}})), seconds(1));
}

TEST(RetryAfter, AnHttpDateIsReadAgainstTheAnswersOwnDate) {
  EXPECT_EQ(retry_after(503, headers({{"Date", date}, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}})), seconds(30));
  EXPECT_EQ(retry_after(503, headers({{"Date", date}, {"Retry-After", "Sun, 06 Nov 1994 08:49:00 GMT"}})), seconds(0));
  EXPECT_EQ(retry_after(503, headers({{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}})), std::nullopt);
}

TEST(RetryAfter, LimitHeadersAreReadForALimitOnly) {
  const auto fields = headers({{"x-ratelimit-reset-requests", "6m0s"},
                               {"x-ratelimit-reset-tokens", "20ms"},
                               {"x-ratelimit-remaining-requests", "0"}});
  EXPECT_EQ(retry_after(429, fields), std::chrono::minutes(6));
  EXPECT_EQ(retry_after(500, fields), std::nullopt);
  EXPECT_EQ(retry_after(429, headers({{"x-ratelimit-reset-requests", "6m0s"},
                                      {"x-ratelimit-reset-tokens", "20ms"},
                                      {"x-ratelimit-remaining-tokens", "0"}})),
            milliseconds(20));
  EXPECT_EQ(retry_after(429, headers({{"x-ratelimit-reset-requests", "3s"}, {"x-ratelimit-reset-tokens", "1s"}})),
            seconds(1));
  EXPECT_EQ(retry_after(429, headers({{"Date", date}, {"x-ratelimit-reset", "784111777000"}})),
            std::nullopt);  // before this century: no time
  EXPECT_EQ(
      retry_after(429, headers({{"Date", "Thu, 06 Mar 2025 23:59:00 GMT"}, {"x-ratelimit-reset", "1741305600000"}})),
      seconds(60));
}

TEST(RetryAfter, NonsenseIsNone) {
  for (const std::string_view text : {"", "soon", "-5", "nan", "inf", "5 minutes", "1e3"}) {
    EXPECT_EQ(retry_after(429, headers({{"Retry-After", text}})), std::nullopt) << text;
  }
  EXPECT_EQ(retry_after(429, headers({{"Retry-After", "99999999999999999999"}})), std::chrono::hours(24 * 7));
}

TEST(RetryAfter, Durations) {
  EXPECT_EQ(read_duration("1s"), seconds(1));
  EXPECT_EQ(read_duration("2m59.56s"), milliseconds(179'560));
  EXPECT_EQ(read_duration("7.66s"), milliseconds(7660));
  EXPECT_EQ(read_duration("120ms"), milliseconds(120));
  EXPECT_EQ(read_duration("1h2m3s"), seconds(3723));
  EXPECT_EQ(read_duration("7.5"), milliseconds(7500));
  for (const std::string_view text : {"", "s", "1x", "m1", "1s-1s", "--"})
    EXPECT_EQ(read_duration(text), std::nullopt) << text;
}

TEST(RetryAfter, HttpDates) {
  EXPECT_EQ(read_http_date(date), 784111777);
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "06 Nov 1994", ""}) {
    EXPECT_EQ(read_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice::dialects::openai
