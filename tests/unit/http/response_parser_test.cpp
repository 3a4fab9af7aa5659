#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "sluice/http/parser.hpp"

namespace sluice::http {
namespace {

struct Answer {
  ResponseHead head;
  std::string body;
  std::optional<Error> error;
  bool done = false;
  std::size_t consumed = 0;
};

Answer parse(const std::vector<std::string_view>& pieces, bool to_head = false, bool then_closes = false) {
  Answer out;
  ResponseParser parser(out.head, out.body);
  parser.next(to_head);
  std::string pending;
  for (std::string_view piece : pieces) {
    pending.append(piece);
    for (bool head_before = true; head_before;) {
      head_before = !parser.header_done();
      Result<std::size_t> used = parser.feed(pending);
      if (!used) {
        out.error = used.error();
        return out;
      }
      out.consumed += *used;
      pending.erase(0, *used);
      head_before = head_before && parser.header_done();
    }
    if (parser.done()) break;
  }
  if (then_closes) {
    Result<> ended = parser.end_of_input();
    if (!ended) out.error = ended.error();
  }
  out.done = parser.done();
  return out;
}

void at_every_split(const std::string& bytes, const std::function<void(const std::vector<std::string_view>&)>& check) {
  const std::string_view all = bytes;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) check({all.substr(0, cut), all.substr(cut)});
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < all.size(); ++i) single.push_back(all.substr(i, 1));
  check(single);
}

TEST(ResponseParser, ReadsAChunkedAnswerAfterInformationalOnesAtEverySplit) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n";
  at_every_split(bytes, [&](const std::vector<std::string_view>& pieces) {
    Answer got = parse(pieces);
    ASSERT_FALSE(got.error) << got.error->message();
    EXPECT_TRUE(got.done);
    EXPECT_EQ(got.consumed, bytes.size());
    EXPECT_EQ(got.head.status, 200);
    EXPECT_EQ(got.head.fields.size(), 1u);
    EXPECT_TRUE(got.head.chunked);
    EXPECT_TRUE(got.head.keep_alive);
    EXPECT_EQ(got.body, "hello!");
  });
}

TEST(ResponseParser, KnowsWhichAnswersHaveNoBody) {
  EXPECT_TRUE(parse({"HTTP/1.1 204 No Content\r\n\r\n"}).done);
  EXPECT_TRUE(parse({"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}).done);
  EXPECT_TRUE(parse({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}, true).done);
  EXPECT_TRUE(parse({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}).done);
  EXPECT_FALSE(parse({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}).done);
}

TEST(ResponseParser, SwitchingProtocolsIsAnAnswer) {
  Answer got = parse({"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nframes"});
  EXPECT_TRUE(got.done);
  EXPECT_EQ(got.head.status, 101);
}

TEST(ResponseParser, BodyUntilClose) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello";
  Answer open = parse({bytes});
  EXPECT_FALSE(open.done);
  EXPECT_TRUE(open.head.until_close);
  EXPECT_FALSE(open.head.keep_alive);
  EXPECT_EQ(open.body, "hello");
  Answer closed = parse({bytes}, false, true);
  EXPECT_TRUE(closed.done);
  EXPECT_FALSE(closed.error);
}

TEST(ResponseParser, ClosingEarlyIsAFailure) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    Answer got = parse({std::string_view(whole).substr(0, cut)}, false, true);
    ASSERT_TRUE(got.error) << cut;
    EXPECT_EQ(got.error->code(), Code::upstream_failed);
  }
  EXPECT_FALSE(parse({whole}, false, true).error);
  EXPECT_TRUE(parse({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}, false, true).error);
}

TEST(ResponseParser, RefusesWhatCannotBeTrusted) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes :
       {ok + "Transfer-Encoding: gzip\r\n\r\n", ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", ok + "Content-Length: 1, 1\r\n\r\n",
        std::string("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), ok + "X: a\r\n b\r\n\r\n",
        std::string("HTTP/2 200\r\n\r\n"), std::string("hello world this is not HTTP\r\n\r\n"),
        std::string("HTTP/1.1 2000 OK\r\n\r\n"), ok + "X: " + std::string(70'000, 'x') + "\r\n\r\n"}) {
    Answer got = parse({bytes});
    ASSERT_TRUE(got.error) << bytes.substr(0, 100);
    EXPECT_EQ(got.error->code(), Code::upstream_failed);
  }
}

TEST(ResponseParser, InformationalAnswersEnd) {
  std::string bytes;
  for (int i = 0; i < 30; ++i) bytes += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(parse({bytes}).error->code(), Code::upstream_failed);
}

TEST(ResponseParser, LongStreamsHaveNoLimit) {
  ResponseHead head;
  std::string body;
  ResponseParser parser(head, body);
  parser.next(false);
  ASSERT_TRUE(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  std::string pending;
  std::size_t received = 0;
  for (int i = 0; i < 1000; ++i) {
    pending += chunk;
    Result<std::size_t> used = parser.feed(pending);
    ASSERT_TRUE(used);
    pending.erase(0, *used);
    received += body.size();
    body.clear();
  }
  EXPECT_EQ(received, 1000u * 0x10000u);
}

}  // namespace
}  // namespace sluice::http
