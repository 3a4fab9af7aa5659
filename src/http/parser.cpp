#include "sluice/http/parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <functional>

#include "http/ascii.hpp"
#include "http/target_form.hpp"

namespace sluice::http {
namespace detail {
namespace {

constexpr std::size_t reserve_at_most = 256 * 1024;   // an announced length is a claim, not a fact
constexpr std::size_t smallest_chunk_tail = 5;        // "0\r\n\r\n"
constexpr std::uint8_t blank_bytes = 4;               // empty lines before a request (RFC 9112 2.2)

std::string_view view(BeastView s) { return {s.data(), s.size()}; }

template <bool request>
Error broken(const std::string& what) {
  if constexpr (request) return {Code::bad_request, "The request is not acceptable HTTP: " + what + "."};
  else return {Code::upstream_failed, "The upstream's answer is not acceptable HTTP: " + what + "."};
}

template <bool request>
Error head_too_large(const char* what) {
  if constexpr (request) return Error(Code::bad_request, what).named("headers_too_large");
  else return {Code::upstream_failed, std::string("The upstream's answer: ") + what};
}

bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

template <bool request>
Message<request>::Message(Head& head, std::string& body, const ParseLimits& limits)
    : x_head(head), x_body(body), x_limits(limits) {
  this->header_limit(limits.head_bytes);
  this->body_limit(boost::none);
  this->eager(false);   // stop after the head; the owner goes on
}

template <bool request>
Result<std::size_t> Message<request>::feed(std::string_view bytes) {
  if (this->is_done()) return std::size_t{0};
  std::size_t used = 0;
  if (request && !this->got_some()) {
    while (used < bytes.size() && (bytes[used] == '\r' || bytes[used] == '\n') && x_blank < blank_bytes) {
      ++used;
      ++x_blank;
    }
  }
  x_input = bytes.substr(used);
  if (x_input.empty()) return used;
  if (this->is_header_done()) {
    this->eager(true);
    // Beast asserts that it sees a last chunk's line whole; no message can end in fewer bytes than these.
    if (x_head.chunked && !x_in_chunk && x_input.size() < smallest_chunk_tail) return used;
  }
  BeastError failed;
  const std::size_t taken = this->put(boost::asio::const_buffer(x_input.data(), x_input.size()), failed);
  if (failed && failed != beast_http::error::need_more) return failure(failed);
  if (!this->is_done() && failed) {
    std::optional<Error> too_much = check_pending(x_input.size() - taken);
    if (too_much) return *std::move(too_much);
  }
  return used + taken;
}

template <bool request>
Result<> Message<request>::end_of_input() {
  if (this->is_done()) return {};
  if (!this->got_some()) return Error(Code::upstream_failed, "The upstream closed the connection without an answer.");
  BeastError failed;
  this->put_eof(failed);
  if (failed) return Error(Code::upstream_failed, "The upstream closed the connection in the middle of its answer.");
  return {};
}

template <bool request>
std::optional<Error> Message<request>::check_pending(std::size_t pending) const {
  if (!this->is_header_done()) {
    if (x_head_bytes + pending <= x_limits.head_bytes) return {};
    return head_too_large<request>("The message's head is too large.");
  }
  if (pending <= x_limits.trailer_bytes) return {};
  return broken<request>("a chunk's extension or the trailer is too long");
}

template <bool request>
Error Message<request>::failure(const BeastError& failed) {
  if (x_error) return *std::move(x_error);
  if (failed == beast_http::error::header_limit) return head_too_large<request>("The message's head is too large.");
  if (failed == beast_http::error::body_limit) return {Code::too_large, "The request's body is too large."};
  return broken<request>(failed.message());
}

template <bool request>
void Message<request>::fail(BeastError& failed, Error error) {
  x_error = std::move(error);
  failed = beast_http::error::bad_value;   // any error stops Beast; failure() gives ours
}

template <bool request>
void Message<request>::on_request_impl(beast_http::verb method, BeastView, BeastView target, int version,
                                       BeastError& failed) {
  if constexpr (request) {
    x_head.method = method;
    x_head.version = version;
    x_head_bytes = static_cast<std::uint32_t>(target.size());
    if (target.size() > x_limits.target)
      return fail(failed, Error(Code::bad_request, "The request target is too long.").named("headers_too_large"));
    x_head.target.assign(target.data(), target.size());
  }
}

template <bool request>
void Message<request>::on_response_impl(int status, BeastView, int version, BeastError&) {
  if constexpr (!request) {
    x_head.status = status;
    x_head.version = version;
  }
}

template <bool request>
void Message<request>::on_field_impl(beast_http::field id, BeastView name, BeastView value, BeastError& failed) {
  if (this->is_header_done()) {
    // A trailer. Merged into the head it could carry what the head was checked for, so it is dropped.
    if (++x_trailers > x_limits.trailers) fail(failed, broken<request>("too many trailer fields"));
    return;
  }
  x_head_bytes += static_cast<std::uint32_t>(name.size() + value.size() + 4);
  if (x_head.fields.size() >= x_limits.fields)
    return fail(failed, head_too_large<request>("The message has too many header fields."));
  if (x_head_bytes > x_limits.head_bytes)
    return fail(failed, head_too_large<request>("The message's head is too large."));
  if (folded(view(name), view(value))) return fail(failed, broken<request>("a header field spans lines"));
  std::optional<Error> wrong = check_field(id, view(value));
  if (wrong) return fail(failed, *std::move(wrong));
  x_head.fields.add(id, view(name), view(value));
}

// Beast unfolds a field that spans lines (RFC 9112 5.2) into a buffer of its own, or skips empty first lines.
template <bool request>
bool Message<request>::folded(std::string_view name, std::string_view value) const {
  constexpr std::ptrdiff_t least_fold = 4;   // ':', CR, LF and a space lie between name and value then
  const std::less<const char*> before;
  if (before(value.data(), name.data()) || before(x_input.data() + x_input.size(), value.data())) return true;
  const char* const name_end = name.data() + name.size();
  if (value.data() - name_end < least_fold) return false;
  return std::find(name_end, value.data(), '\r') != value.data();
}

template <bool request>
std::optional<Error> Message<request>::check_field(FieldName id, std::string_view value) {
  switch (id) {
    case FieldName::content_length:
      if (x_length_seen || !all_digits(value)) return broken<request>("Content-Length must be one number, once");
      x_length_seen = true;
      return {};
    case FieldName::transfer_encoding:
      if (x_head.version < 11) return broken<request>("HTTP/1.0 has no Transfer-Encoding");
      if (same_word(value, "chunked")) return {};
      if constexpr (!request) return broken<request>("its Transfer-Encoding is not chunked");
      return Error(Code::not_implemented, "The only Transfer-Encoding understood is chunked.");
    case FieldName::host:
      if constexpr (request) {
        if (x_host_seen) return broken<request>("more than one Host");
        if (!is_authority(value)) return broken<request>("Host is not a host name");
        x_host_seen = true;
      }
      return {};
    case FieldName::expect:
      if constexpr (request) x_head.expect_continue = x_head.version == 11 && same_word(value, "100-continue");
      return {};
    default:
      return {};
  }
}

template <bool request>
void Message<request>::on_header_impl(BeastError& failed) {
  std::optional<Error> wrong = check_head();
  if (wrong) return fail(failed, *std::move(wrong));
  x_head.keep_alive = this->keep_alive();
  x_head.chunked = this->chunked();
  const boost::optional<std::uint64_t> length = this->content_length();
  if (length) x_head.content_length = *length;
  if constexpr (!request) x_head.until_close = this->need_eof();
}

template <bool request>
std::optional<Error> Message<request>::check_head() {
  if constexpr (request) {
    if (x_head.version == 11 && !x_host_seen) return broken<request>("Host is missing");
    if (!to_origin_form(x_head)) return broken<request>("the request target has the wrong form or another host");
  }
  return {};
}

template <bool request>
void Message<request>::on_body_init_impl(boost::optional<std::uint64_t> const& length, BeastError&) {
  if (length && request) x_body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, reserve_at_most)));
}

template <bool request>
std::size_t Message<request>::on_body_impl(BeastView bytes, BeastError&) {
  x_body.append(bytes.data(), bytes.size());
  return bytes.size();
}

template <bool request>
void Message<request>::on_chunk_header_impl(std::uint64_t size, BeastView extension, BeastError& failed) {
  x_extension_bytes += static_cast<std::uint32_t>(extension.size());
  if (extension.size() > x_limits.chunk_extensions || x_extension_bytes > x_limits.chunk_extensions)
    return fail(failed, broken<request>("chunk extensions are too long"));
  x_in_chunk = size > 0;
}

template <bool request>
std::size_t Message<request>::on_chunk_body_impl(std::uint64_t left, BeastView bytes, BeastError&) {
  x_body.append(bytes.data(), bytes.size());
  x_in_chunk = left > bytes.size();
  return bytes.size();
}

template class Message<true>;
template class Message<false>;

}  // namespace detail

void RequestParser::next(const ParseLimits& limits) {
  x_head.clear();
  x_body.clear();
  x_limits = limits;
  x_message.emplace(x_head, x_body, x_limits);
}

Result<std::size_t> RequestParser::feed(std::string_view bytes) { return x_message->feed(bytes); }

Result<> RequestParser::admit(std::uint64_t body_limit) {
  if (x_head.content_length.value_or(0) > body_limit)
    return Error(Code::too_large, "The request's body is too large: at most " + std::to_string(body_limit) + " bytes.");
  x_message->body_limit(body_limit);
  return {};
}

void ResponseParser::next(bool to_head, const ParseLimits& limits) {
  x_limits = limits;
  x_to_head = to_head;
  x_skipped = 0;
  x_body.clear();
  begin();
}

void ResponseParser::begin() {
  x_head.clear();
  x_message.emplace(x_head, x_body, x_limits);
  if (x_to_head) x_message->skip(true);
}

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  constexpr std::uint32_t most_informational = 16;
  std::size_t used = 0;
  for (;;) {
    Result<std::size_t> taken = x_message->feed(bytes.substr(used));
    if (!taken) return taken;
    used += *taken;
    const bool informational = x_message->is_done() && x_head.status / 100 == 1 && x_head.status != 101;
    if (!informational) return used;
    if (++x_skipped > most_informational)
      return Error(Code::upstream_failed, "The upstream sends informational answers without end.");
    begin();
  }
}

Result<> ResponseParser::end_of_input() { return x_message->end_of_input(); }

}  // namespace sluice::http
