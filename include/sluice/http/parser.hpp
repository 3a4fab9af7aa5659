// HTTP/1.x messages from bytes, without I/O: Beast's tokenizer and chunk decoder with the holes closed that a gateway
// must not have (message smuggling, merged trailers, unbounded extensions). One parser lives as long as its connection
// and costs no allocation once warm. Used by whoever owns the connection, on its thread.
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "sluice/base/result.hpp"
#include "sluice/http/head.hpp"

namespace sluice::http {

struct ParseLimits {
  std::uint32_t head_bytes = 32 * 1024;     // start line and fields; refused with the name "headers_too_large"
  std::uint32_t fields = 128;
  std::uint32_t target = 8 * 1024;          // bytes of the request target
  std::uint32_t trailer_bytes = 8 * 1024;   // the last chunk's line and the trailer fields
  std::uint32_t trailers = 32;
  std::uint32_t chunk_extensions = 4 * 1024;   // bytes, all chunks of a message together
};

inline constexpr ParseLimits upstream_parse_limits{.head_bytes = 64 * 1024, .fields = 256};

namespace detail {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;

// One message. Beast's parser is good for one only, so the public parsers make a new one in place for each.
template <bool request>
class Message final : public beast_http::basic_parser<request> {
 public:
  using Head = std::conditional_t<request, RequestHead, ResponseHead>;
  Message(Head& head, std::string& body, const ParseLimits& limits);

  Result<std::size_t> feed(std::string_view bytes);
  Result<> end_of_input();

 private:
  void on_request_impl(beast_http::verb, BeastView method, BeastView target, int version, BeastError&) override;
  void on_response_impl(int status, BeastView reason, int version, BeastError&) override;
  void on_field_impl(beast_http::field, BeastView name, BeastView value, BeastError&) override;
  void on_header_impl(BeastError&) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, BeastError&) override;
  std::size_t on_body_impl(BeastView, BeastError&) override;
  void on_chunk_header_impl(std::uint64_t size, BeastView extension, BeastError&) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, BeastView, BeastError&) override;
  void on_finish_impl(BeastError&) override {}

  bool folded(std::string_view name, std::string_view value) const;
  std::optional<Error> check_field(FieldName id, std::string_view value);
  std::optional<Error> check_head();
  std::optional<Error> check_pending(std::size_t pending) const;
  Error failure(const BeastError&);
  void fail(BeastError&, Error);

  Head& x_head;
  std::string& x_body;
  const ParseLimits& x_limits;
  std::optional<Error> x_error;      // why a callback stopped the parse
  std::string_view x_input;          // what is being parsed, to see whether a view lies in it
  std::uint32_t x_head_bytes = 0, x_trailers = 0, x_extension_bytes = 0;
  std::uint8_t x_blank = 0;
  bool x_length_seen = false, x_host_seen = false, x_in_chunk = false;
};

extern template class Message<true>;
extern template class Message<false>;

}  // namespace detail

// Requests. `head` and `body` are the owner's; body bytes are appended as they come.
class RequestParser final {
 public:
  RequestParser(RequestHead& head, std::string& body) : x_head(head), x_body(body) { next(); }
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Makes ready for the next request: clears head and body.
  void next(const ParseLimits& limits = {});
  // Takes bytes from the front of the connection's input and says how many; the rest must come again, with more behind
  // it. Stops after the head (so that the owner can admit()) and after the message. Errors end the connection:
  // bad_request, too_large (body), not_implemented (transfer codings). The head holds what was read until then.
  Result<std::size_t> feed(std::string_view bytes);
  bool started() const { return x_message->got_some(); }
  bool header_done() const { return x_message->is_header_done(); }
  bool done() const { return x_message->is_done(); }
  // To be called once the head is done: the whole body's limit in bytes. Fails at once when a longer one is announced.
  Result<> admit(std::uint64_t body_limit);

 private:
  RequestHead& x_head;
  std::string& x_body;
  ParseLimits x_limits;
  std::optional<detail::Message<true>> x_message;
};

// Answers. 1xx heads are skipped, except 101. Every error is upstream_failed.
class ResponseParser final {
 public:
  ResponseParser(ResponseHead& head, std::string& body) : x_head(head), x_body(body) { next(false); }
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  // Makes ready for the answer to the next request: clears head and body. `to_head`: the request's method was HEAD, so
  // no body follows whatever the head says.
  void next(bool to_head, const ParseLimits& limits = upstream_parse_limits);
  // As RequestParser::feed: stops after the head and after the message. The owner may clear the body between calls.
  Result<std::size_t> feed(std::string_view bytes);
  // The peer closed: right for a body without framing and for a message that is done, upstream_failed for any other.
  Result<> end_of_input();
  bool started() const { return x_message->got_some() || x_skipped > 0; }
  bool header_done() const { return x_message->is_header_done(); }
  bool done() const { return x_message->is_done(); }

 private:
  void begin();

  ResponseHead& x_head;
  std::string& x_body;
  ParseLimits x_limits;
  bool x_to_head = false;
  std::uint32_t x_skipped = 0;   // 1xx heads before this one
  std::optional<detail::Message<false>> x_message;
};

}  // namespace sluice::http
