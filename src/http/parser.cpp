#include "sluice/http/parser.hpp"

#include <algorithm>

#include "http/ascii.hpp"
#include "http/target_form.hpp"

namespace sluice::http {
namespace detail {
namespace {

constexpr std::size_t reserve_at_most = 256 * 1024;   // an announced length is a claim, not a fact
constexpr std::uint8_t blank_bytes = 4;               // empty lines before a request (RFC 9112 2.2)

template <bool request>
Error broken(const char* what) {
  const std::string words(what);
  if constexpr (request) return {Code::bad_request, "The request is not acceptable HTTP: " + words + "."};
  else return {Code::upstream_failed, "The upstream's answer is not acceptable HTTP: " + words + "."};
}

template <bool request>
Error head_too_large(const char* what) {
  if constexpr (request) return Error(Code::bad_request, what).named("headers_too_large");
  else return {Code::upstream_failed, std::string("The upstream's answer: ") + what};
}

// 10 or 11; 0: neither.
int version_of(std::string_view text) {
  if (text == "HTTP/1.1") return 11;
  return text == "HTTP/1.0" ? 10 : 0;
}

// Whether `text`, cut off anywhere, may go on to be a start line: who does not speak HTTP need not be waited for.
template <bool request>
bool may_begin(std::string_view text) {
  if constexpr (request) {
    const std::size_t method = token_size(text);
    return method == text.size() || (method > 0 && text[method] == ' ');
  }
  constexpr std::string_view version = "HTTP/1.";
  return version.starts_with(text.substr(0, version.size()));
}

const char* read_start(RequestHead& head, std::string_view line) {
  const std::size_t method = token_size(line);
  if (method == 0 || method == line.size() || line[method] != ' ') return "bad method";
  head.method = boost::beast::http::string_to_verb({line.data(), method});
  line.remove_prefix(method + 1);
  const std::size_t target = line.find(' ');
  if (target == 0 || target == std::string_view::npos) return "bad target";
  head.version = version_of(line.substr(target + 1));
  if (head.version == 0) return "bad version";
  line = line.substr(0, target);
  if (line.find('\t') != std::string_view::npos) return "bad target";   // no other blank or control character is left
  head.target.assign(line);
  return nullptr;
}

const char* read_start(ResponseHead& head, std::string_view line) {
  head.version = version_of(line.substr(0, 8));
  if (head.version == 0 || line.size() == 8 || line[8] != ' ') return "bad version";
  line.remove_prefix(9);
  const auto digit = [&line](std::size_t i) { return line[i] >= '0' && line[i] <= '9'; };
  if (line.size() < 4 || !digit(0) || !digit(1) || !digit(2) || line[3] != ' ') return "bad status";
  head.status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return nullptr;
}

}  // namespace

template <bool request>
Message<request>::Message(Head& head, std::string& body, const ParseLimits& limits, bool to_head)
    : x_head(head), x_body(body), x_limits(limits), x_chunks(limits), x_to_head(to_head) {}

template <bool request>
Result<std::size_t> Message<request>::feed(std::string_view bytes) {
  if (done()) return std::size_t{0};
  std::string_view left = request && !x_started ? past_blank_lines(bytes) : bytes;
  if (!left.empty()) {
    x_started = true;
    std::optional<Error> wrong = header_done() ? take_body(left) : take_head(left);
    if (wrong) return *std::move(wrong);
  }
  return bytes.size() - left.size();
}

template <bool request>
Result<> Message<request>::end_of_input() {
  if (x_phase == Phase::until_close) x_phase = Phase::done;
  if (done()) return {};
  if (!x_started) return Error(Code::upstream_failed, "The upstream closed the connection without an answer.");
  return Error(Code::upstream_failed, "The upstream closed the connection in the middle of its answer.");
}

template <bool request>
std::string_view Message<request>::past_blank_lines(std::string_view bytes) {
  while (!bytes.empty() && (bytes.front() == '\r' || bytes.front() == '\n') && x_blank < blank_bytes) {
    bytes.remove_prefix(1);
    ++x_blank;
  }
  return bytes;
}

// As far as whole lines have come, and no further than the head: its owner has to admit the body.
template <bool request>
std::optional<Error> Message<request>::take_head(std::string_view& bytes) {
  for (;;) {
    std::string_view line;
    switch (x_lines.next(bytes, line)) {
      case Lines::Found::more: return head_pending(bytes);
      case Lines::Found::bare_cr: return broken<request>("bad line ending");
      case Lines::Found::control: return broken<request>("a control character in its head");
      case Lines::Found::line: break;
    }
    const bool ends = x_phase == Phase::fields && line.empty();
    if (x_phase == Phase::fields && !ends) {
      // The byte behind tells whether the field goes on in the next line (RFC 9112 5.2).
      if (bytes.size() == line.size() + 2) return head_pending(bytes);
      if (is_blank(bytes[line.size() + 2])) return broken<request>("a header field spans lines");
    }
    bytes.remove_prefix(line.size() + 2);
    if (ends) return end_head();
    std::optional<Error> wrong = x_phase == Phase::fields ? field_line(line) : start_line(line);
    if (wrong) return wrong;
  }
}

template <bool request>
std::optional<Error> Message<request>::head_pending(std::string_view bytes) const {
  if (x_head_bytes + bytes.size() > x_limits.head_bytes) return head_too_large<request>("The message's head is too large.");
  if (x_phase == Phase::start_line && !may_begin<request>(bytes)) return broken<request>("bad start line");
  return {};
}

template <bool request>
std::optional<Error> Message<request>::start_line(std::string_view line) {
  if (line.size() > x_limits.head_bytes) return head_too_large<request>("The message's head is too large.");
  const char* const wrong = read_start(x_head, line);
  if (wrong != nullptr) return broken<request>(wrong);
  if constexpr (request) {
    if (x_head.target.size() > x_limits.target)
      return Error(Code::bad_request, "The request target is too long.").named("headers_too_large");
    x_head_bytes = static_cast<std::uint32_t>(x_head.target.size());
  }
  x_phase = Phase::fields;
  return {};
}

template <bool request>
std::optional<Error> Message<request>::field_line(std::string_view line) {
  const std::size_t name = token_size(line);
  if (name == 0 || name == line.size() || line[name] != ':') return broken<request>("bad field");
  x_head_bytes += static_cast<std::uint32_t>(line.size() + 2);
  if (x_head.fields.size() >= x_limits.fields)
    return head_too_large<request>("The message has too many header fields.");
  if (x_head_bytes > x_limits.head_bytes) return head_too_large<request>("The message's head is too large.");
  const std::string_view value = trimmed(line.substr(name + 1));
  const FieldName id = name_of(line.substr(0, name));
  std::optional<Error> wrong = check_field(id, value);
  if (wrong) return wrong;
  const bool as_usual = line.size() == name + 2 + value.size() && line[name + 1] == ' ';
  if (as_usual) x_head.fields.add_line(id, {line.data(), line.size() + 2}, name);   // with its CRLF
  else x_head.fields.add(id, line.substr(0, name), value);
  return {};
}

template <bool request>
std::optional<Error> Message<request>::check_field(FieldName id, std::string_view value) {
  if (id == FieldName::unknown) return {};
  const char* const wrong = x_framing.note(id, value);
  if (wrong != nullptr) return broken<request>(wrong);
  if (id == FieldName::transfer_encoding) {
    if (x_head.version < 11) return broken<request>("HTTP/1.0 has no Transfer-Encoding");
    if (x_framing.chunked) return {};
    if constexpr (!request) return broken<request>("its Transfer-Encoding is not chunked");
    return Error(Code::not_implemented, "The only Transfer-Encoding understood is chunked.");
  }
  if constexpr (request) {
    if (id == FieldName::host) {
      if (x_host_seen) return broken<request>("more than one Host");
      if (!is_authority(value)) return broken<request>("Host is not a host name");
      x_host_seen = true;
    } else if (id == FieldName::expect) {
      x_head.expect_continue = x_head.version == 11 && same_word(value, "100-continue");
    }
  }
  return {};
}

template <bool request>
std::optional<Error> Message<request>::end_head() {
  if constexpr (request) {
    if (x_head.version == 11 && !x_host_seen) return broken<request>("Host is missing");
    if (!to_origin_form(x_head)) return broken<request>("the request target has the wrong form or another host");
  }
  x_head.chunked = x_framing.chunked;
  x_head.content_length = x_framing.length;
  x_phase = body_phase();
  const bool lasts = x_head.version == 11 ? !x_framing.close : x_framing.keep_alive;
  x_head.keep_alive = lasts && x_phase != Phase::until_close;
  if constexpr (!request) x_head.until_close = x_phase == Phase::until_close;
  return {};
}

// How the body is framed (RFC 9112 6.3).
template <bool request>
typename Message<request>::Phase Message<request>::body_phase() {
  if constexpr (!request) {
    const int status = x_head.status;
    if (x_to_head || status / 100 == 1 || status == 204 || status == 304) return Phase::done;
  }
  if (x_framing.chunked) return Phase::chunks;
  if (x_framing.length) {
    x_left = *x_framing.length;
    return x_left > 0 ? Phase::length : Phase::done;
  }
  return request ? Phase::done : Phase::until_close;
}

template <bool request>
std::optional<Error> Message<request>::take_body(std::string_view& bytes) {
  if (x_phase == Phase::chunks) {
    const Chunks::Stop stop = x_chunks.feed(bytes, x_body, x_framing);
    if (stop.too_large) return Error(Code::too_large, "The request's body is too large.");
    if (stop.what != nullptr) return broken<request>(stop.what);
    if (x_chunks.done()) x_phase = Phase::done;
    return {};
  }
  std::string_view part = bytes;
  if (x_phase == Phase::length) {
    part = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(x_left, bytes.size())));
    const bool first = request && x_left == *x_framing.length;
    if (first) x_body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(x_left, reserve_at_most)));
    x_left -= part.size();
    if (x_left == 0) x_phase = Phase::done;
  }
  x_body.append(part);
  bytes.remove_prefix(part.size());
  return {};
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
  x_message->limit_body(body_limit);
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
  x_message.emplace(x_head, x_body, x_limits, x_to_head);
}

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  constexpr std::uint32_t most_informational = 16;
  std::size_t used = 0;
  for (;;) {
    Result<std::size_t> taken = x_message->feed(bytes.substr(used));
    if (!taken) return taken;
    used += *taken;
    const bool informational = x_message->done() && x_head.status / 100 == 1 && x_head.status != 101;
    if (!informational) return used;
    if (++x_skipped > most_informational)
      return Error(Code::upstream_failed, "The upstream sends informational answers without end.");
    begin();
  }
}

Result<> ResponseParser::end_of_input() { return x_message->end_of_input(); }

}  // namespace sluice::http
