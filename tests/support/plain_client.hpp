// A blocking HTTP client for tests, over one plain connection. Every read has a limit, so that a test cannot hang.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sluice::test {

struct HttpAnswer {
  int status = 0;                              // 0: the connection ended before an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool whole = false;                          // its framing said that it is complete
  std::string header(const std::string& name) const;
};

class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port);

  void send(std::string_view bytes);
  // One more read; false: the peer has closed (or reset). What came is in `unread`.
  bool read_more();
  // Reads until `text` has come or the peer closed; tells which.
  bool read_until(std::string_view text);
  HttpAnswer read_answer();
  void close();
  std::string unread;

  HttpAnswer post(std::string_view path, std::string_view body, std::string_view header_lines = "");
  HttpAnswer get(std::string_view path, std::string_view header_lines = "");

 private:
  boost::asio::io_context x_io;
  boost::asio::ip::tcp::socket x_socket;
};

}  // namespace sluice::test
