// The fake upstream does what its script says; tested with a plain blocking socket, because everything else leans on it.
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "sluice/net/socket.hpp"

namespace sluice::test {
namespace {

namespace asio = net::asio;

class Peer {
 public:
  explicit Peer(const FakeUpstream& server) : x_socket(x_io) {
    x_socket.connect(net::tcp::endpoint(asio::ip::address_v4::loopback(), server.port()));
  }
  void send(const std::string& bytes) { asio::write(x_socket, asio::buffer(bytes)); }
  std::string read(std::size_t size) {
    std::string got(size, '\0');
    asio::read(x_socket, asio::buffer(got));
    return got;
  }
  std::string read_rest() {
    std::string got;
    asio::read(x_socket, asio::dynamic_buffer(got), x_failed);
    return got;
  }
  const net::ErrorCode& failed() const { return x_failed; }
  void close() { x_socket.close(); }

 private:
  asio::io_context x_io;
  net::tcp::socket x_socket;
  net::ErrorCode x_failed;
};

const std::string get = "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(FakeUpstream, AnswersInTheOrderOfItsScriptsAndRecordsWhatCame) {
  FakeUpstream server;
  server.when("/a").reply(429, {{"retry-after", "1"}}, "slow");
  server.when("/a").reply(200, {}, "ok");
  Peer peer(server);
  const std::string first = "HTTP/1.1 429 Scripted\r\nretry-after: 1\r\ncontent-length: 4\r\n\r\nslow";
  const std::string later = "HTTP/1.1 200 Scripted\r\ncontent-length: 2\r\n\r\nok";
  peer.send("POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(peer.read(first.size()), first);
  peer.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(peer.read(later.size()), later);
  peer.send(get);
  EXPECT_EQ(peer.read(later.size()), later);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].target, "/a?x=1");
  EXPECT_EQ(requests[0].header("HOST"), "h");
  EXPECT_EQ(requests[0].body, "body");
  EXPECT_EQ(requests[1].body, "abcde");
  EXPECT_EQ(requests[2].head, get);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(FakeUpstream, WaitsForItsGate) {
  FakeUpstream server;
  Gate gate;
  server.when("*").chunks({"one", "two"}, gate);
  Peer peer(server);
  peer.send(get);
  const std::string head = "HTTP/1.1 200 Scripted\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  EXPECT_EQ(peer.read(head.size()), head);
  gate.go();
  EXPECT_EQ(peer.read(8), "3\r\none\r\n");
  gate.open();
  EXPECT_EQ(peer.read(13), "3\r\ntwo\r\n0\r\n\r\n");
}

TEST(FakeUpstream, NoticesThatThePeerLeavesWhileItWaits) {
  FakeUpstream server;
  server.when("/gate").wait(Gate());
  server.when("/a").stall();
  Peer gated(server), stalled(server);
  gated.send("GET /gate HTTP/1.1\r\n\r\n");
  stalled.send(get);
  ASSERT_TRUE(server.wait_requests(2));
  EXPECT_FALSE(server.wait_closed(1, std::chrono::milliseconds(0)));
  gated.close();
  stalled.close();
  EXPECT_TRUE(server.wait_closed(1));
  EXPECT_TRUE(server.wait_closed(2));
}

TEST(FakeUpstream, CutsResetsAndClosesStaleConnections) {
  FakeUpstream server;
  server.when("/cut").reply(200, {}, "0123456789").close_after(53);
  server.when("/reset").reset();
  server.when("/stale").stale_keepalive().reply(200, {}, "");
  Peer cut(server);
  cut.send("GET /cut HTTP/1.1\r\n\r\n");
  EXPECT_EQ(cut.read_rest(), "HTTP/1.1 200 Scripted\r\ncontent-length: 10\r\n\r\n01234567");
  Peer reset(server);
  reset.send("GET /reset HTTP/1.1\r\n\r\n");
  EXPECT_EQ(reset.read_rest(), "");
  EXPECT_EQ(reset.failed(), asio::error::connection_reset);
  Peer stale(server);
  stale.send("GET /stale HTTP/1.1\r\n\r\n");
  EXPECT_EQ(stale.read(44), "HTTP/1.1 200 Scripted\r\ncontent-length: 0\r\n\r\n");
  stale.send("GET /stale HTTP/1.1\r\n\r\n");
  EXPECT_EQ(stale.read_rest(), "");
  EXPECT_EQ(stale.failed(), asio::error::eof);
}

TEST(FakeUpstream, TunnelsLikeAProxy) {
  FakeUpstream inner, proxy;
  inner.when("/a").reply(200, {}, "inside");
  proxy.when("inner:80").garbage("HTTP/1.1 200 OK\r\n\r\n").tunnel_to(inner.port());
  Peer peer(proxy);
  peer.send("CONNECT inner:80 HTTP/1.1\r\nHost: inner:80\r\n\r\n");
  EXPECT_EQ(peer.read(19), "HTTP/1.1 200 OK\r\n\r\n");
  peer.send(get);
  const std::string answer = "HTTP/1.1 200 Scripted\r\ncontent-length: 6\r\n\r\ninside";
  EXPECT_EQ(peer.read(answer.size()), answer);
  peer.close();
  EXPECT_TRUE(inner.wait_closed(1));
}

}  // namespace
}  // namespace sluice::test
