#include "http/server_reply.hpp"

#include <algorithm>
#include <charconv>

#include "http/date_line.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t copied_at_most = 16 * 1024;   // larger pieces are written from where they lie
constexpr std::string_view crlf = "\r\n";

template <int base = 10>
void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  out.append(digits, end);
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(reason_phrase(status)).append(crlf);
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

void ServerReply::next(const RequestHead& request, bool close, net::Clock::duration write_limit) {
  x_head_only = request.method == Verb::head;
  x_old = request.version < 11;
  x_close = close;
  x_write_limit = write_limit;
  x_state = State::fresh;
  x_begun = false;
  x_bytes_sent = 0;
  x_out.clear();
  x_pieces = {};
}

Error ServerReply::gone() {
  x_state = State::broken;
  return {Code::cancelled, "The client is gone."};
}

void ServerReply::build_head(int status, std::string_view headers, std::optional<std::uint64_t> length) {
  x_out.clear();
  append_status_line(x_out, status);
  x_out.append(headers);
  x_out.append(date_line());
  if (has_no_body(status)) {
    x_framing = Framing::none;
  } else if (length) {
    x_framing = Framing::length;
    x_left = *length;
    x_out.append("Content-Length: ");
    append_number(x_out, *length);
    x_out.append(crlf);
  } else if (x_old) {
    x_framing = Framing::until_close;
    x_close = true;
  } else {
    x_framing = Framing::chunked;
    x_out.append("Transfer-Encoding: chunked\r\n");
  }
  if (x_head_only) x_framing = Framing::none;
  if (x_draining) x_close = true;
  if (x_close) x_out.append("Connection: close\r\n");
  else if (x_old) x_out.append("Connection: keep-alive\r\n");
  x_out.append(crlf);
}

// Puts body bytes behind what is in x_out: copied when few, so that one contiguous write goes out.
void ServerReply::put(std::string_view bytes) {
  if (bytes.size() <= copied_at_most) x_out.append(bytes);
  else x_pieces[1] = net::asio::const_buffer(bytes.data(), bytes.size());
}

void ServerReply::frame(std::string_view bytes, bool last) {
  static constexpr std::string_view final_chunk = "\r\n0\r\n\r\n";
  if (x_framing == Framing::none) return;
  if (x_framing != Framing::chunked) return put(bytes);
  std::string_view tail = last ? final_chunk : crlf;
  if (bytes.empty()) {
    tail = last ? final_chunk.substr(crlf.size()) : std::string_view{};   // an empty chunk would end the body
  } else {
    append_number<16>(x_out, bytes.size());
    x_out.append(crlf);
    put(bytes);
  }
  if (x_pieces[1].size() > 0) x_pieces[2] = net::asio::const_buffer(tail.data(), tail.size());
  else x_out.append(tail);
}

void ServerReply::take(std::size_t n) {
  x_bytes_sent += n;
  for (net::asio::const_buffer& piece : x_pieces) {
    const std::size_t part = std::min(n, piece.size());
    piece += part;
    n -= part;
  }
}

// Most writes fit into the socket's buffer: written at once they need no asynchronous operation. False: something is
// left for write_rest().
bool ServerReply::write_now() {
  x_pieces[0] = net::asio::const_buffer(x_out.data(), x_out.size());
  if (x_pieces[0].size() + x_pieces[1].size() == 0) return true;
  x_begun = true;
  if (x_input.stream().is_tls() || x_input.ended()) return false;
  net::ErrorCode failed;
  std::size_t n = 0;
  if (x_pieces[1].size() == 0) n = x_input.stream().socket().write_some(x_pieces[0], failed);
  else n = x_input.stream().socket().write_some(x_pieces, failed);
  take(n);
  return x_pieces[0].size() + x_pieces[1].size() + x_pieces[2].size() == 0;
}

net::Task<Result<>> ServerReply::write_rest() {
  net::Stream& stream = x_input.stream();
  x_writing = true;
  while (x_pieces[0].size() + x_pieces[1].size() + x_pieces[2].size() > 0) {
    if (x_input.ended()) break;
    net::asio::const_buffer piece = x_pieces[0];
    if (piece.size() == 0) piece = x_pieces[1].size() > 0 ? x_pieces[1] : x_pieces[2];
    x_deadline.set(x_write_limit);
    net::IoResult done;
    if (stream.is_tls()) done = co_await stream.tls().async_write_some(piece, net::as_result);
    else done = co_await stream.socket().async_write_some(piece, net::as_result);
    take(std::get<1>(done));
    if (std::get<0>(done)) break;
  }
  x_writing = false;
  x_deadline.clear();
  const bool whole = x_pieces[0].size() + x_pieces[1].size() + x_pieces[2].size() == 0;
  x_pieces = {};
  if (!whole) co_return gone();
  co_return Result<>{};
}

net::Task<Result<>> ServerReply::say_continue() {
  x_out.assign("HTTP/1.1 100 Continue\r\n\r\n");
  Result<> written;
  if (!write_now()) written = co_await write_rest();
  x_begun = false;
  x_bytes_sent = 0;
  x_out.clear();
  co_return written;
}

net::Task<Result<>> ServerReply::send(int status, std::string_view headers, std::string_view body) {
  if (x_begun || x_input.ended()) co_return gone();
  build_head(status, headers, body.size());
  frame(body, true);
  x_state = State::ended;
  if (write_now()) co_return Result<>{};
  Result<> written = co_await write_rest();
  co_return written;
}

void ServerReply::begin(int status, std::string_view headers, std::optional<std::uint64_t> length) {
  if (x_begun) return;
  build_head(status, headers, length);
  x_state = State::head_built;
}

net::Task<Result<>> ServerReply::write(std::string_view bytes) {
  const bool open = x_state == State::head_built || x_state == State::body;
  if (!open || x_input.ended()) co_return gone();
  if (x_framing == Framing::length) {
    if (bytes.size() > x_left) co_return gone();   // more than was announced would be read as the next answer
    x_left -= bytes.size();
  }
  if (x_state == State::body) x_out.clear();
  x_state = State::body;
  frame(bytes, false);
  if (write_now()) co_return Result<>{};
  Result<> written = co_await write_rest();
  co_return written;
}

net::Task<Result<>> ServerReply::end(std::string_view last) {
  const bool open = x_state == State::head_built || x_state == State::body;
  const bool fits = x_framing != Framing::length || last.size() == x_left;
  if (!open || !fits || x_input.ended()) co_return gone();
  if (x_state == State::body) x_out.clear();
  frame(last, true);
  x_state = State::ended;
  if (write_now()) co_return Result<>{};
  Result<> written = co_await write_rest();
  co_return written;
}

void ServerReply::abort() {
  x_close = true;
  x_state = State::broken;
}

}  // namespace sluice::http
