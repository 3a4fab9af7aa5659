// HTTP/1.x messages from bytes, without I/O, and as strict as a gateway must be: nothing is taken that another server could
// read in another way (RFC 9112 11.2). One parser lives as long as its connection and costs no allocation once warm. Used
// by whoever owns the connection, on its thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "sluice/base/result.hpp"
#include "sluice/http/chunks.hpp"
#include "sluice/http/framing.hpp"
#include "sluice/http/head.hpp"
#include "sluice/http/lines.hpp"

namespace sluice::http {

inline constexpr ParseLimits upstream_parse_limits{.head_bytes = 64 * 1024, .fields = 256};

namespace detail {

// One message; the public parsers make a new one in place for each.
template <bool request>
class Message final {
 public:
  using Head = std::conditional_t<request, RequestHead, ResponseHead>;
  // `to_head`: an answer to HEAD, which has no body whatever it says.
  Message(Head& head, std::string& body, const ParseLimits& limits, bool to_head = false);

  Result<std::size_t> feed(std::string_view bytes);
  Result<> end_of_input();
  void limit_body(std::uint64_t bytes) { x_chunks.limit_body(bytes); }   // a length is the caller's to compare
  bool started() const { return x_started; }
  bool header_done() const { return x_phase > Phase::fields; }
  bool done() const { return x_phase == Phase::done; }

 private:
  enum class Phase : std::uint8_t { start_line, fields, length, chunks, until_close, done };

  std::string_view past_blank_lines(std::string_view bytes);
  std::optional<Error> take_head(std::string_view& bytes);
  std::optional<Error> take_body(std::string_view& bytes);
  std::optional<Error> head_pending(std::string_view bytes) const;
  std::optional<Error> start_line(std::string_view line);
  std::optional<Error> field_line(std::string_view line);
  std::optional<Error> check_field(FieldName id, std::string_view value);
  std::optional<Error> end_head();
  Phase body_phase();

  Head& x_head;
  std::string& x_body;
  const ParseLimits& x_limits;
  Lines x_lines;
  Chunks x_chunks;
  Framing x_framing;
  std::uint64_t x_left = 0;          // of a body with a length
  std::uint32_t x_head_bytes = 0;
  std::uint8_t x_blank = 0;
  Phase x_phase = Phase::start_line;
  bool x_started = false, x_host_seen = false, x_to_head;
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
  bool started() const { return x_message->started(); }
  bool header_done() const { return x_message->header_done(); }
  bool done() const { return x_message->done(); }
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
  bool started() const { return x_message->started() || x_skipped > 0; }
  bool header_done() const { return x_message->header_done(); }
  bool done() const { return x_message->done(); }

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
