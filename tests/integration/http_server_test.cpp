// The server side over real sockets: what clients may rely on and what they may not do to it.
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/server_under_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n";
}

std::string post(const std::string& target, const std::string& body, const std::string& fields = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

http::ServerLimits impatient() {
  http::ServerLimits limits;
  limits.header = 200ms;
  limits.idle = 300ms;
  limits.write = 400ms;
  return limits;
}

TEST(HttpServer, KeepsConnectionsOpen) {
  ServerUnderTest server;
  RawClient client(server.port());
  for (int i = 0; i < 50; ++i) {
    const std::string body(static_cast<std::size_t>(i * 1000), 'x');
    RawAnswer answer = client.ask(post("/echo", body));
    ASSERT_TRUE(answer.whole) << i;
    EXPECT_EQ(answer.head.status, 200);
    EXPECT_EQ(answer.body, body);
    EXPECT_TRUE(answer.head.keep_alive);
    EXPECT_TRUE(answer.head.fields.has(http::FieldName::date));
  }
  EXPECT_EQ(server.listener().counters().accepted, 1u);
  EXPECT_EQ(server.listener().counters().open, 1u);
  client.close();
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }));
}

TEST(HttpServer, TakesARequestByteByByte) {
  ServerUnderTest server;
  RawClient client(server.port());
  for (char c : post("/echo", "hello")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.read_answer().body, "hello");
}

TEST(HttpServer, ClosesWhenAskedTo) {
  ServerUnderTest server;
  RawClient client(server.port());
  RawAnswer answer = client.ask(get("/echo", "Connection: close\r\n"));
  EXPECT_FALSE(answer.head.keep_alive);
  EXPECT_TRUE(client.ends());
  RawClient old(server.port());
  EXPECT_FALSE(old.ask("GET /echo HTTP/1.0\r\n\r\n").head.keep_alive);
  EXPECT_TRUE(old.ends());
  RawClient old_kept(server.port());
  const RawAnswer kept = old_kept.ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.head.fields.get("connection"), "keep-alive");
  EXPECT_TRUE(old_kept.ask("GET /echo HTTP/1.0\r\n\r\n").whole);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  ServerUnderTest server;
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post("/echo", "number " + std::to_string(i));
  std::thread sender([&] { EXPECT_TRUE(client.send(requests)); });
  for (int i = 0; i < 200; ++i) {
    RawAnswer answer = client.read_answer();
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.body, "number " + std::to_string(i));
  }
  sender.join();
}

TEST(HttpServer, PipelinedRequestWaitsForTheOneBefore) {
  ServerUnderTest server;
  RawClient client(server.port());
  client.send(get("/wait") + get("/echo"));
  ASSERT_TRUE(soon([&] { return server.handler().waiting == 1; }));
  EXPECT_EQ(server.handler().served, 1);
  client.close();
  EXPECT_TRUE(soon([&] { return server.handler().left == 1; }));
}

TEST(HttpServer, StreamsInChunks) {
  ServerUnderTest server;
  RawClient client(server.port());
  RawAnswer answer = client.ask(get("/stream"));
  EXPECT_TRUE(answer.whole);
  EXPECT_TRUE(answer.head.chunked);
  EXPECT_EQ(answer.body, "first " + std::string(40'000, 'x') + " last");
  EXPECT_EQ(client.ask(get("/sized")).body, "0123456789");
  RawClient old(server.port());
  answer = old.ask("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(answer.head.until_close);
  EXPECT_EQ(answer.body.size(), 40'000u + 11);
  EXPECT_TRUE(answer.whole);
}

TEST(HttpServer, HeadHasNoBody) {
  ServerUnderTest server;
  RawClient client(server.port());
  for (const char* path : {"/echo", "/stream", "/sized"}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
    RawAnswer answer = client.read_answer(true);
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.head.status, 200);
  }
  EXPECT_EQ(client.read_some(50ms), "");
  EXPECT_EQ(client.ask(post("/echo", "still here")).body, "still here");
}

TEST(HttpServer, SaysContinueBeforeABody) {
  ServerUnderTest server;
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_some(5s), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(client.read_answer().body, "hello");
  client.send("POST /refused HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer().head.status, 401);
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, TakesChunkedRequests) {
  ServerUnderTest server;
  RawClient client(server.port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
  client.send(head + "5\r\nhello\r\n");
  client.send("6\r\n world\r\n0\r\nX-Trailer: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "hello world");
  std::string large = head;
  for (int i = 0; i < 100; ++i) large += "1000\r\n" + std::string(0x1000, 'y') + "\r\n";
  client.send(large + "0\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, std::string(100 * 0x1000, 'y'));
}

TEST(HttpServer, RefusalsKeepTheConnectionWhereTheyCan) {
  ServerUnderTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/refused")).head.status, 401);
  RawAnswer answer = client.ask(post("/refused", std::string(50'000, 'x')));
  EXPECT_EQ(answer.head.status, 401);
  EXPECT_TRUE(answer.head.keep_alive);
  EXPECT_EQ(client.ask(post("/echo", "next")).body, "next");
  answer = client.ask(post("/refused", std::string(100'000, 'x')));
  EXPECT_EQ(answer.head.status, 401);
  EXPECT_FALSE(answer.head.keep_alive);
}

TEST(HttpServer, RefusesWhatIsNotHttpAndCloses) {
  ServerUnderTest server;
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\xff\xff\xff\xff\xff\r\n\r\n", 15), std::string("GET / HTTP/1.1\r\n\r\n"),
        get("/", "Content-Length: 1\r\nContent-Length: 1\r\n"), get("/", " folded: x\r\n")}) {
    RawClient client(server.port());
    RawAnswer answer = client.ask(bytes);
    EXPECT_EQ(answer.head.status, 400) << bytes;
    EXPECT_FALSE(answer.head.keep_alive);
    client.close();
  }
  RawClient coded(server.port());
  EXPECT_EQ(coded.ask(get("/", "Transfer-Encoding: gzip\r\n")).head.status, 501);
  RawClient large(server.port());
  EXPECT_EQ(large.ask(get("/", "X: " + std::string(40'000, 'x') + "\r\n")).body, "headers_too_large");
}

TEST(HttpServer, LargeBodyIsRefusedWhileTheClientStillSends) {
  ServerUnderTest server;
  const std::size_t size = 100 * 1000 * 1000;
  for (const std::string& framing : {"Content-Length: " + std::to_string(size) + "\r\n\r\n",
                                     std::string("Transfer-Encoding: chunked\r\n\r\n5F5E100\r\n")}) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\n" + framing);
    const std::string piece(1000 * 1000, 'x');
    bool taken = true;
    for (std::size_t sent = 0; sent < size && taken; sent += piece.size()) taken = client.send(piece);
    EXPECT_TRUE(taken) << "reset before all was sent: the answer may be lost";
    RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.head.status, 413);
    EXPECT_TRUE(answer.whole);
  }
}

TEST(HttpServer, SlowHeadsAndBodiesEndWith408) {
  ServerUnderTest server(impatient());
  for (const std::string& start : {std::string("GET / HT"), std::string("GET / HTTP/1.1\r\nHost: te"),
                                   std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhe"),
                                   std::string("POST / HTTP/1.1\r\nHost: a\r\n"
                                               "Transfer-Encoding: chunked\r\n\r\n64\r\nhe")}) {
    RawClient client(server.port());
    const auto began = net::Clock::now();
    client.send(start);
    bool fed = true;
    std::thread drip([&] {
      for (int i = 0; i < 4 && fed; ++i) {
        std::this_thread::sleep_for(30ms);
        fed = client.send("0");
      }
    });
    RawAnswer answer = client.read_answer();
    drip.join();
    EXPECT_EQ(answer.head.status, 408) << start;
    EXPECT_GE(net::Clock::now() - began, 190ms);
    EXPECT_TRUE(client.ends());
  }
}

TEST(HttpServer, ALongBodyThatComesSteadilyHasAllTheTimeItNeeds) {
  ServerUnderTest server(impatient());
  RawClient client(server.port());
  const std::string body(700'000, 'z');
  const std::string request = post("/echo", body);
  for (std::size_t at = 0; at < request.size(); at += 70'000) {
    client.send(std::string_view(request).substr(at, 70'000));
    std::this_thread::sleep_for(60ms);
  }
  EXPECT_EQ(client.read_answer().body.size(), body.size());
}

TEST(HttpServer, IdleConnectionsAreClosed) {
  ServerUnderTest server(impatient());
  RawClient silent(server.port());
  RawClient used(server.port());
  EXPECT_TRUE(used.ask(get("/echo")).whole);
  EXPECT_TRUE(silent.ends(5s));
  EXPECT_TRUE(used.ends(5s));
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }));
}

TEST(HttpServer, AWorkingHandlerHasNoDeadline) {
  ServerUnderTest server(impatient());
  RawClient client(server.port());
  client.send(get("/wait"));
  ASSERT_TRUE(soon([&] { return server.handler().waiting == 1; }));
  EXPECT_FALSE(client.ends(700ms));
  EXPECT_EQ(server.handler().left, 0);
}

TEST(HttpServer, NoticesAtOnceThatTheClientLeft) {
  ServerUnderTest server;
  for (int i = 1; i <= 20; ++i) {
    RawClient client(server.port());
    client.send(get("/wait"));
    ASSERT_TRUE(soon([&] { return server.handler().waiting == i; }));
    const auto began = net::Clock::now();
    if (i % 2) client.close();
    else client.reset();
    ASSERT_TRUE(soon([&] { return server.handler().left == i; }));
    EXPECT_LT(net::Clock::now() - began, 50ms);
  }
}

TEST(HttpServer, ASlowReaderHoldsTheHandlerBack) {
  http::ServerLimits limits;
  limits.write = 1s;
  ServerUnderTest server(limits);
  RawClient client(server.port(), 16 * 1024);
  client.send(get("/endless"));
  std::uint64_t before = 0;
  // It stops when the kernel's buffers are full, far below what a second of writing would bring.
  ASSERT_TRUE(soon([&] {
    const std::uint64_t now = server.handler().endless_written;
    const bool stopped = now > 0 && now == before;
    before = now;
    std::this_thread::sleep_for(100ms);
    return stopped;
  }));
  EXPECT_LT(server.handler().endless_written, 16u * 1024 * 1024);
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; })) << "a stuck client is let go";
}

TEST(HttpServer, AnUnfinishedAnswerIsSeenToBeUnfinished) {
  ServerUnderTest server;
  RawClient client(server.port());
  RawAnswer answer = client.ask(get("/abort"));
  EXPECT_EQ(answer.body, "half");
  EXPECT_FALSE(answer.whole);
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, AHandlerThatFailsIsA500) {
  ServerUnderTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/nothing")).head.status, 500);
  EXPECT_EQ(client.ask(get("/throw")).head.status, 500);
  EXPECT_EQ(client.ask(post("/echo", "alive")).body, "alive");
}

}  // namespace
}  // namespace sluice::test
