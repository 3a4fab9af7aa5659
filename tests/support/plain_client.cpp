#include "support/plain_client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/write.hpp>

#include "sluice/base/text.hpp"

namespace sluice::test {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

std::string lower(std::string_view text) {
  std::string out;
  for (char c : text) out += to_lower(c);
  return out;
}

void read_head(std::string_view head, HttpAnswer& answer) {
  std::size_t line_end = head.find("\r\n");
  answer.status = std::stoi(std::string(head.substr(9, 3)));
  while (line_end != std::string_view::npos && line_end + 2 < head.size()) {
    std::size_t begin = line_end + 2;
    line_end = head.find("\r\n", begin);
    std::string_view line = head.substr(begin, line_end - begin);
    std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) answer.headers[lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
  }
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

PlainClient::PlainClient(std::uint16_t port) : x_socket(x_io) {
  x_socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  x_socket.set_option(tcp::no_delay(true));
  timeval limit{20, 0};
  ::setsockopt(x_socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void PlainClient::send(std::string_view bytes) {
  boost::system::error_code ignored;
  asio::write(x_socket, asio::buffer(bytes.data(), bytes.size()), ignored);
}

bool PlainClient::read_more() {
  std::array<char, 65536> buffer;
  auto n = ::recv(x_socket.native_handle(), buffer.data(), buffer.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "nothing came in twenty seconds";
  if (n <= 0) return false;
  unread.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool PlainClient::read_until(std::string_view text) {
  while (unread.find(text) == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

HttpAnswer PlainClient::read_answer() {
  HttpAnswer answer;
  if (!read_until("\r\n\r\n")) return answer;
  std::size_t head_size = unread.find("\r\n\r\n") + 4;
  read_head(std::string_view(unread).substr(0, head_size), answer);
  unread.erase(0, head_size);
  if (answer.status == 100) return read_answer();
  if (answer.header("transfer-encoding") == "chunked") {
    for (;;) {
      if (!read_until("\r\n")) return answer;
      std::size_t size = std::stoul(unread, nullptr, 16), line = unread.find("\r\n") + 2;
      while (unread.size() < line + size + 2) {
        if (read_more()) continue;
        answer.body += unread.substr(line);
        return answer;
      }
      answer.body += unread.substr(line, size);
      unread.erase(0, line + size + 2);
      if (size == 0) break;
    }
    answer.whole = true;
    return answer;
  }
  std::size_t length = answer.headers.contains("content-length") ? std::stoul(answer.header("content-length")) : 0;
  while (unread.size() < length && read_more()) {}
  answer.whole = unread.size() >= length;
  answer.body = unread.substr(0, length);
  unread.erase(0, answer.body.size());
  return answer;
}

void PlainClient::close() {
  boost::system::error_code ignored;
  x_socket.close(ignored);
}

HttpAnswer PlainClient::post(std::string_view path, std::string_view body, std::string_view header_lines) {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";
  request += header_lines;
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  request += body;
  send(request);
  return read_answer();
}

HttpAnswer PlainClient::get(std::string_view path, std::string_view header_lines) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(header_lines) + "\r\n");
  return read_answer();
}

}  // namespace sluice::test
