// Every recorded answer of every provider's dialect, whole and streamed, written for callers of every other, and read
// there as their clients would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/neutral_events.hpp"
#include "unit/dialects/pairs.hpp"
#include "unit/dialects/said.hpp"

namespace sluice::dialects::pairs_tests {
namespace {

using neutral_events::Decoded;
using neutral_events::decode_pieces;

class WholeAnswerPair : public testing::TestWithParam<Pair> {};
class StreamPair : public testing::TestWithParam<Pair> {};

// What is recorded of each provider's dialect, by llm::all_dialects' order: whole answers, and streams.
// Nobody has recorded a whole one of Ollama's.
constexpr std::array<std::size_t, 7> least_whole = {42, 8, 14, 25, 10, 3, 0}, least_streamed = {39, 14, 14, 10, 7, 4, 1};

AnswerContext context(Dialect caller) { return {"id-of-ours", 1700000000, caller == Dialect::gemini ? "alt=sse" : ""}; }

TEST_P(WholeAnswerPair, AWholeAnswerIsReadAsItWasMeant) {
  const auto [caller, provider] = GetParam();
  std::size_t count = 0;
  for (const Exchange* one : answers_of(provider, false)) {
    SCOPED_TRACE(one->id);
    const auto answer = wire(provider).decode(one->response);
    if (!answer) {   // the vendor's deliberately broken ones, and errors under 200
      EXPECT_EQ(answer.error().code(), Code::upstream_failed) << answer.error().message();
      continue;
    }
    const std::string written = caller_dialect(caller).write_chat({}, *answer, context(caller));
    const auto read = wire(caller).decode(written);
    ++count;
    if (is_broken(caller, said_by(*answer))) {
      EXPECT_FALSE(read) << written;
      continue;
    }
    ASSERT_TRUE(read) << read.error().message() << "\n" << written;
    EXPECT_EQ(describe(said_by(*read)), describe(as_told_in(caller, said_by(*answer)))) << written.substr(0, 3000);
  }
  EXPECT_GE(count, least_whole[static_cast<std::size_t>(provider)]);
}

// As the gateway tells a stream: event by event; an error found by the decoder is the last.
std::string told(Dialect caller, const std::vector<llm::StreamEvent>& events) {
  llm::ChatRequest request;
  request.stream = request.include_usage = true;
  const auto writer = caller_dialect(caller).stream_writer(request, context(caller));
  std::string out;
  for (const auto& event : events) writer->write(event, out);
  return out;
}

std::vector<std::string_view> cut(std::string_view bytes, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) pieces.push_back(bytes.substr(0, size));
  return pieces;
}

TEST_P(StreamPair, AStreamIsReadAsItWasMeant) {
  const auto [caller, provider] = GetParam();
  std::size_t count = 0;
  for (const Exchange* one : answers_of(provider, true)) {
    SCOPED_TRACE(one->id);
    const Decoded whole = decode_pieces(wire(provider), {one->response});
    if (!whole.error.empty()) continue;   // cut short, or broken by its vendor on purpose
    const std::string written = told(caller, whole.events);
    const Decoded read = decode_pieces(wire(caller), {written});
    EXPECT_EQ(read.error, "");
    if (is_broken(caller, said_by(whole.events))) {
      EXPECT_NE(said_by(read.events).failure, "") << written;
    } else {
      EXPECT_EQ(describe(said_by(read.events)), describe(as_told_in(caller, said_by(whole.events)))) << written.substr(0, 3000);
    }
    // In whatever pieces it comes, and goes.
    const Decoded pieces = decode_pieces(wire(provider), cut(one->response, 13));
    const Decoded again = decode_pieces(wire(caller), cut(told(caller, pieces.events), 7));
    EXPECT_EQ(describe(said_by(again.events)), describe(said_by(read.events)));
    ++count;
  }
  EXPECT_GE(count, least_streamed[static_cast<std::size_t>(provider)]);
}

// An error inside a stream that has begun, whichever event of the recording it follows.
TEST_P(StreamPair, AnErrorInAStreamIsReadAsOne) {
  const auto [caller, provider] = GetParam();
  std::size_t count = 0;
  for (const Exchange* one : answers_of(provider, true)) {
    SCOPED_TRACE(one->id);
    const Decoded whole = decode_pieces(wire(provider), {one->response});
    if (!whole.error.empty()) continue;
    for (const std::size_t kept : {std::size_t{1}, whole.events.size() / 2}) {
      std::vector<llm::StreamEvent> events = whole.events;
      events.resize(std::min(kept, events.size() - 1), llm::event::Ended{});
      events.emplace_back(llm::event::Failed{Error(Code::overloaded, "Too many at once."), 503});
      const Decoded read = decode_pieces(wire(caller), {told(caller, events)});
      const Said said = said_by(read.events);
      EXPECT_NE((said.failure + read.error).find("Too many at once."), std::string::npos) << said.failure << read.error;
      EXPECT_FALSE(said.ended);
    }
    ++count;
  }
  EXPECT_GE(count, least_streamed[static_cast<std::size_t>(provider)]);
}

INSTANTIATE_TEST_SUITE_P(Pairs, WholeAnswerPair, testing::ValuesIn(pairs(false)), name_of);
INSTANTIATE_TEST_SUITE_P(Pairs, StreamPair, testing::ValuesIn(pairs()), name_of);

}  // namespace
}  // namespace sluice::dialects::pairs_tests
