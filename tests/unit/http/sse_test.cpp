#include "sluice/http/sse.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace sluice::http {

struct Seen {
  std::string name, data;
  bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& e) { return out << "{" << e.name << "|" << e.data << "}"; }

namespace {

struct Read {
  std::vector<Seen> events;
  std::size_t raw = 0;
  bool mid_event = false;
};

Read read(const std::vector<std::string>& pieces, bool finish = false) {
  Read out;
  SseReader reader;
  for (const std::string& piece : pieces) {
    // A copy of exactly this size, gone afterwards: reading past it or keeping a view into it is an error ASan sees.
    const std::vector<char> bytes(piece.begin(), piece.end());
    reader.feed({bytes.data(), bytes.size()});
    for (;;) {
      Result<std::optional<SseEvent>> event = reader.next();
      EXPECT_TRUE(event);
      if (!event || !*event) break;
      out.events.push_back({std::string((*event)->name), std::string((*event)->data)});
      out.raw += (*event)->raw_size;
    }
  }
  out.mid_event = reader.mid_event();
  if (!finish) return out;
  const std::optional<SseEvent> last = reader.finish();
  if (last) out.events.push_back({std::string(last->name), std::string(last->data)});
  return out;
}

void check(const std::string& stream, const std::vector<Seen>& expected) {
  EXPECT_EQ(read({stream}).events, expected);
  for (std::size_t a = 0; a <= stream.size(); ++a) {
    EXPECT_EQ(read({stream.substr(0, a), stream.substr(a)}).events, expected) << "split at " << a;
    if (stream.size() > 80) continue;
    for (std::size_t b = a; b <= stream.size(); ++b)
      EXPECT_EQ(read({stream.substr(0, a), stream.substr(a, b - a), stream.substr(b)}).events, expected) << a << " " << b;
  }
  std::vector<std::string> single;
  for (char c : stream) single.emplace_back(1, c);
  EXPECT_EQ(read(single).events, expected);
}

TEST(Sse, EventsOfAModelStream) {
  check("data: {\"a\":1}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n", {{"", "{\"a\":1}"}, {"", "{\"b\":2}"}, {"", "[DONE]"}});
  check("event: message_start\ndata: {}\n\nevent: ping\ndata: {\"t\": 1}\n\n", {{"message_start", "{}"}, {"ping", "{\"t\": 1}"}});
}

TEST(Sse, AllLineEnds) {
  check("data: a\r\n\r\ndata: b\r\n\r\n", {{"", "a"}, {"", "b"}});
  check("data: a\r\rdata: b\r\r", {{"", "a"}, {"", "b"}});
  check("data: a\r\n\ndata: b\n\rdata: c\r\n\r\n", {{"", "a"}, {"", "b"}, {"", "c"}});
}

TEST(Sse, JoinsDataLines) {
  check("data: a\ndata: b\ndata:\ndata: c\n\n", {{"", "a\nb\n\nc"}});
  check("data\n\n", {{"", ""}});
  check("data:\n\n", {{"", ""}});
  check("data\ndata\n\n", {{"", "\n"}});
  check("data:  two spaces \n\n", {{"", " two spaces "}});
  check("data:x\n\n", {{"", "x"}});
}

TEST(Sse, IgnoresCommentsOtherFieldsAndEmptyEvents) {
  check(": keep alive\n\n: again\ndata: a\n\n", {{"", "a"}});
  check("id: 5\nretry: 10\nfoo: bar\nfoo\ndata: a\n\n", {{"", "a"}});
  check("event: x\n\ndata: a\n\n", {{"", "a"}});
  check("\n\n\n\ndata: a\n\n\n\n", {{"", "a"}});
  check("dataset: b\n Data: c\ndata : d\n\n", {});
}

TEST(Sse, TheLastEventNameCounts) { check("event: a\nevent: b\ndata: c\nevent:d\n\n", {{"d", "c"}}); }

TEST(Sse, SkipsAByteOrderMarkOnce) {
  check("\xEF\xBB\xBF" "data: a\n\n", {{"", "a"}});
  check("\xEF\xBB\xBF\xEF\xBB\xBF" "data: a\n\n", {});
  check("\xEF\xBB" "data: a\n\ndata: b\n\n", {{"", "b"}});
}

TEST(Sse, KeepsBytesThatAreNotText) {
  const std::string odd("\x00\x01\xFF\x7F", 4);
  check("data: " + odd + "\n\n", {{"", odd}});
}

TEST(Sse, EveryByteBelongsToOneEvent) {
  const std::string stream = "\xEF\xBB\xBF: hi\r\n\r\ndata: a\r\n\r\n\n\nevent: b\ndata: c\n\n";
  EXPECT_EQ(read({stream}).raw, stream.size());
  SseReader reader;
  reader.feed("data: a\r\n\r\ndata: bc\r\n\r\n");
  EXPECT_EQ((*reader.next())->raw_size, 11u);
  EXPECT_EQ((*reader.next())->raw_size, 12u);
}

TEST(Sse, TellsWhetherAnEventIsUnderWay) {
  EXPECT_FALSE(read({}).mid_event);
  EXPECT_FALSE(read({"data: a\n\n"}).mid_event);
  EXPECT_FALSE(read({"data: a\n\n: comment\n"}).mid_event);
  EXPECT_TRUE(read({"data: a\n"}).mid_event);
  EXPECT_TRUE(read({"data: a\n\nda"}).mid_event);
  EXPECT_TRUE(read({"event: a\n"}).mid_event);
}

TEST(Sse, AnEndWithoutItsEmptyLine) {
  EXPECT_EQ(read({"data: a\n\ndata: b\n"}, true).events, (std::vector<Seen>{{"", "a"}, {"", "b"}}));
  EXPECT_EQ(read({"data: a\n\ndata: [DO", "NE]"}, true).events, (std::vector<Seen>{{"", "a"}, {"", "[DONE]"}}));
  EXPECT_EQ(read({"data: a\n\nevent: b\n"}, true).events, (std::vector<Seen>{{"", "a"}}));
  EXPECT_EQ(read({"data: a\n\n"}, true).events, (std::vector<Seen>{{"", "a"}}));
}

TEST(Sse, WholeEventsAreNotCopied) {
  const std::string stream = "event: x\ndata: hello\n\n";
  SseReader reader;
  reader.feed(stream);
  Result<std::optional<SseEvent>> event = reader.next();
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->data.data(), stream.data() + stream.find("hello"));
  EXPECT_EQ((*event)->name.data(), stream.data() + stream.find('x'));
}

TEST(Sse, RefusesTooLargeEvents) {
  SseReader reader(1000);
  const std::string line = "data: " + std::string(93, 'x') + "\n";
  for (int i = 0; i < 10; ++i) {
    reader.feed(line);
    Result<std::optional<SseEvent>> event = reader.next();
    ASSERT_TRUE(event);
    EXPECT_FALSE(*event);
  }
  reader.feed(line);
  EXPECT_EQ(reader.next().error().code(), Code::upstream_failed);
  SseReader at_once(1000);
  const std::string large = "data: " + std::string(2000, 'x') + "\n\n";
  at_once.feed(large);
  EXPECT_FALSE(at_once.next());
}

TEST(Sse, CarriageReturnsCostNoMoreThanOtherBytes) {
  SseReader reader;
  const std::string stream(1 << 20, '\r');
  reader.feed(stream);
  Result<std::optional<SseEvent>> event = reader.next();
  ASSERT_TRUE(event);
  EXPECT_FALSE(*event);
}

}  // namespace
}  // namespace sluice::http
