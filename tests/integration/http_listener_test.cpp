// Accepting, limits, draining, TLS, and letting go of everything in any state.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl.hpp>

#include "sluice/http/parser.hpp"
#include "support/certificate.hpp"
#include "support/raw_client.hpp"
#include "support/server_under_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
namespace asio = net::asio;

const std::string hello = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n"; }

TEST(HttpListener, SaysWhyItCannotListen) {
  ServerUnderTest first;
  asio::io_context io;
  ScriptedHandler handler;
  http::ListenerOptions options;
  options.endpoint = first.listener().endpoint();
  Result<std::unique_ptr<http::Listener>> second = http::Listener::open(io, {{&io, &handler}}, options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("127.0.0.1:" + std::to_string(first.port())), std::string::npos);
  EXPECT_NE(second.error().message().find("in use"), std::string::npos);
}

TEST(HttpListener, ManyClientsOverSeveralWorkers) {
  ServerUnderTest server({}, nullptr, 1000, 3);
  std::vector<std::thread> clients;
  std::atomic<int> answered{0};
  for (int c = 0; c < 6; ++c) {
    clients.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        RawClient client(server.port());
        for (int i = 0; i < 20; ++i) answered += client.ask(hello).body == "hello";
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 600);
  EXPECT_EQ(server.listener().counters().accepted, 30u);
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }));
}

TEST(HttpListener, HasRoomForSoManyAndNoMore) {
  ServerUnderTest server({}, nullptr, 2);
  RawClient first(server.port());
  RawClient second(server.port());
  EXPECT_TRUE(first.ask(hello).whole);
  EXPECT_TRUE(second.ask(hello).whole);
  for (int i = 1; i <= 3; ++i) {
    RawClient third(server.port());
    third.send(hello);
    RawAnswer answer = third.read_answer();
    EXPECT_EQ(answer.head.status, 503);
    EXPECT_EQ(answer.head.fields.get(http::FieldName::retry_after), "1");
    EXPECT_TRUE(answer.whole);
    EXPECT_TRUE(third.ends());
    EXPECT_EQ(server.listener().counters().refused, static_cast<std::uint64_t>(i));
  }
  first.close();
  ASSERT_TRUE(soon([&] { return server.listener().counters().open == 1; }));
  RawClient again(server.port());
  EXPECT_EQ(again.ask(hello).body, "hello");
  server.listener().set_limits(std::make_shared<const http::ServerLimits>(), 100);
  RawClient more(server.port());
  EXPECT_EQ(more.ask(hello).body, "hello");
}

TEST(HttpListener, DrainingFinishesWhatIsUnderWay) {
  ServerUnderTest server({}, nullptr, 100, 2);
  RawClient idle(server.port());
  RawClient used(server.port());
  RawClient working(server.port());
  RawClient sending(server.port());
  EXPECT_TRUE(used.ask(hello).whole);
  sending.send(std::string_view(hello).substr(0, 30));
  working.send(get("/slow"));
  ASSERT_TRUE(soon([&] { return server.handler().served == 2; }));
  ASSERT_TRUE(soon([&] { return server.listener().counters().open == 4; }));
  server.listener().drain();
  EXPECT_TRUE(idle.ends());
  EXPECT_TRUE(used.ends());
  EXPECT_THROW(RawClient(server.port()).ask(hello), std::runtime_error);
  sending.send(std::string_view(hello).substr(30));
  RawAnswer answer = sending.read_answer();
  EXPECT_EQ(answer.body, "hello");
  EXPECT_FALSE(answer.head.keep_alive);
  answer = working.read_answer();
  EXPECT_EQ(answer.body, "slow");
  EXPECT_FALSE(answer.head.keep_alive);
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }));
}

TEST(HttpListener, ClosingAllStopsHandlers) {
  ServerUnderTest server;
  RawClient waiting(server.port());
  RawClient reading(server.port());
  waiting.send(get("/wait"));
  reading.send(get("/endless"));
  ASSERT_TRUE(soon([&] { return server.handler().waiting == 1 && server.handler().endless_written > 0; }));
  server.listener().drain();
  server.listener().close_all();
  EXPECT_TRUE(soon([&] { return server.handler().left == 1 && server.listener().counters().open == 0; }));
  EXPECT_TRUE(waiting.ends());
}

TEST(HttpListener, CanBeLeftInAnyState) {
  ServerUnderTest server;
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::string pipelined = get("/wait") + std::string(200'000, 'x');
  const std::vector<std::string> states = {"", "GET", hello, hello.substr(0, hello.size() - 1), get("/wait"), get("/slow"),
                                           get("/endless"), get("/abort"), "nonsense\r\n\r\n", pipelined};
  for (const std::string& bytes : states) {
    clients.push_back(std::make_unique<RawClient>(server.port(), 4096));
    std::thread([&] { clients.back()->send(bytes); }).join();
  }
  ASSERT_TRUE(soon([&] { return server.handler().served >= 6; }));
  server.stop();
  EXPECT_GT(server.listener().counters().open, 5u);
}

class FewDescriptors final {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &x_before);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit none = x_before;
    none.rlim_cur = static_cast<rlim_t>(lowest_free);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &x_before); }

 private:
  rlimit x_before{};
};

TEST(HttpListener, SurvivesWithoutFileDescriptors) {
  ServerUnderTest server;
  RawClient before(server.port());
  EXPECT_TRUE(before.ask(hello).whole);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  auto none = std::make_unique<FewDescriptors>();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(server.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  ASSERT_TRUE(soon([&] { return server.listener().counters().emfile >= 2; }));
  EXPECT_EQ(before.ask(hello).body, "hello") << "others are served meanwhile";
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(server.listener().counters().emfile, 12u) << "it must wait between tries";
  none.reset();
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 2; })) << "the waiting client is accepted";
  ::close(fd);
}

std::shared_ptr<asio::ssl::context> server_tls(const Certificate& certificate) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  context->use_certificate_chain(asio::buffer(certificate.leaf));
  context->use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
  return context;
}

class TlsClient final {
 public:
  TlsClient(std::uint16_t port, const Certificate& certificate) : x_context(asio::ssl::context::tls_client) {
    x_context.add_certificate_authority(asio::buffer(certificate.authority));
    x_stream.emplace(x_io, x_context);
    x_stream->set_verify_mode(asio::ssl::verify_peer);
    x_stream->next_layer().connect({asio::ip::address_v4::loopback(), port});
  }
  bool handshake() {
    net::ErrorCode failed;
    x_stream->handshake(asio::ssl::stream_base::client, failed);
    return !failed;
  }
  void send(std::string_view bytes) { asio::write(*x_stream, asio::buffer(bytes)); }
  RawAnswer read_answer() {
    RawAnswer out;
    http::ResponseParser parser(out.head, out.body);
    parser.next(false);
    std::string pending;
    while (!parser.done()) {
      Result<std::size_t> used = parser.feed(pending);
      if (!used) return out;
      pending.erase(0, *used);
      if (parser.done() || (*used > 0 && !pending.empty())) continue;
      char more[4096];
      net::ErrorCode failed;
      const std::size_t n = x_stream->read_some(asio::buffer(more), failed);
      if (failed) return out;
      pending.append(more, n);
    }
    out.whole = true;
    return out;
  }
  // What reading gives when the server has closed: eof after a close_notify, stream_truncated without one.
  net::ErrorCode read_end() {
    char more[4096];
    net::ErrorCode failed;
    while (!failed) x_stream->read_some(asio::buffer(more), failed);
    return failed;
  }
  void close() { x_stream->next_layer().close(); }

 private:
  asio::io_context x_io;
  asio::ssl::context x_context;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket>> x_stream;
};

TEST(HttpListener, ServesTls) {
  const Certificate certificate = make_certificate({"localhost"});
  ServerUnderTest server({}, server_tls(certificate));
  TlsClient client(server.port(), certificate);
  ASSERT_TRUE(client.handshake());
  for (std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{20'000}, std::size_t{900'000}}) {
    const std::string body(size, 'x');
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body);
    EXPECT_EQ(client.read_answer().body, body);
  }
  client.send(get("/stream"));
  EXPECT_EQ(client.read_answer().body.size(), 40'011u);
  client.send("GET /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.read_answer().whole);
  EXPECT_EQ(client.read_end(), asio::error::eof) << "a close_notify ends the connection";
  client.close();
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }));
}

TEST(HttpListener, TlsClientsThatLeaveOrStall) {
  const Certificate certificate = make_certificate({"localhost"});
  http::ServerLimits limits;
  limits.header = 300ms;
  limits.idle = 300ms;
  ServerUnderTest server(limits, server_tls(certificate));
  RawClient silent(server.port());
  RawClient plain(server.port());
  plain.send(hello);
  TlsClient idle(server.port(), certificate);
  ASSERT_TRUE(idle.handshake());
  TlsClient leaving(server.port(), certificate);
  ASSERT_TRUE(leaving.handshake());
  leaving.send(get("/wait"));
  ASSERT_TRUE(soon([&] { return server.handler().waiting == 1; }));
  leaving.close();
  EXPECT_TRUE(soon([&] { return server.handler().left == 1; }, 50ms));
  EXPECT_TRUE(silent.ends(5s)) << "a handshake has a deadline";
  EXPECT_TRUE(plain.ends(5s));
  // `idle` never answers the close_notify: a second later it is closed all the same.
  EXPECT_TRUE(soon([&] { return server.listener().counters().open == 0; }, 5s));
}

TEST(HttpListener, TlsCanBeLeftInAnyState) {
  const Certificate certificate = make_certificate({"localhost"});
  ServerUnderTest server({}, server_tls(certificate));
  RawClient silent(server.port());
  TlsClient idle(server.port(), certificate), waiting(server.port(), certificate), reading(server.port(), certificate);
  for (TlsClient* each : {&idle, &waiting, &reading}) ASSERT_TRUE(each->handshake());
  waiting.send(get("/wait"));
  reading.send(get("/endless"));
  ASSERT_TRUE(soon([&] { return server.handler().waiting == 1 && server.handler().endless_written > 0; }));
  server.stop();
  EXPECT_EQ(server.listener().counters().open, 4u);
}

}  // namespace
}  // namespace sluice::test
