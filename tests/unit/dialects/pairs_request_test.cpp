// Every recorded request of every caller's dialect, written for a provider of every other: the provider takes it, or the
// caller is told which field cannot be had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/pairs.hpp"

namespace sluice::dialects::pairs_tests {
namespace {

using testing::IsEmpty;

class RequestPair : public testing::TestWithParam<Pair> {};

// How many recorded requests each caller's dialect has at least, and how many of them a provider takes, by
// llm::all_dialects' order; of all its models together.
struct Least { Dialect caller; std::size_t recorded; std::array<int, 7> taken; };
constexpr std::array<Least, 6> least = {{
    {Dialect::openai, 81, {0, 238, 237, 648, 312, 152, 150}},
    {Dialect::responses, 19, {54, 0, 54, 136, 59, 28, 28}},
    {Dialect::anthropic, 26, {76, 75, 0, 200, 91, 44, 44}},
    {Dialect::gemini, 31, {82, 87, 87, 0, 89, 46, 42}},
    {Dialect::bedrock, 19, {54, 54, 54, 140, 0, 34, 34}},
    {Dialect::cohere, 8, {24, 24, 24, 64, 32, 0, 16}},
}};

TEST_P(RequestPair, TheProviderTakesWhatTheCallerAsks) {
  const auto [caller, provider] = GetParam();
  const Least& bound = *std::find_if(least.begin(), least.end(),
      [caller = caller](const Least& one) { return one.caller == caller; });
  const auto recorded = requests_of(caller);
  EXPECT_GE(recorded.size(), bound.recorded);
  int taken = 0;
  for (const auto& [exchange, request] : recorded) {
    SCOPED_TRACE(exchange->id);
    EXPECT_EQ(request.caller, caller);
    if (const auto can = caller_dialect(caller).translatable(request); !can) {
      EXPECT_EQ(can.error().code(), Code::bad_request);
      EXPECT_NE(can.error().param(), "");
      continue;
    }
    for (const Provider& to : providers()) {
      if (to.dialect != provider) continue;
      const auto written = wire(provider).encode(request, to.recipient());
      if (!written) {
        EXPECT_EQ(written.error().code(), Code::bad_request) << written.error().message();
        EXPECT_NE(written.error().param(), "") << written.error().message();
        continue;
      }
      EXPECT_THAT(broken_by(written->body, to), IsEmpty()) << to.model << "\n" << written->body.substr(0, 3000);
      ++taken;
    }
  }
  EXPECT_GE(taken, bound.taken[static_cast<std::size_t>(provider)]);
}

INSTANTIATE_TEST_SUITE_P(Pairs, RequestPair, testing::ValuesIn(pairs()), name_of);

}  // namespace
}  // namespace sluice::dialects::pairs_tests
