#include "sluice/http/parser.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace sluice::http {
namespace {

struct Parsed {
  std::optional<Error> error;
  bool done = false;
  std::size_t consumed = 0;
  RequestHead head;
  std::string body;
};

// Feeds as a connection does: what is not consumed comes again with the next piece behind it.
template <class Parser>
void feed_pieces(Parser& parser, const std::vector<std::string_view>& pieces, Parsed& out,
                 const std::function<std::optional<Error>()>& at_head) {
  std::string pending;
  bool head_seen = false;
  for (std::string_view piece : pieces) {
    pending.append(piece);
    for (;;) {
      Result<std::size_t> used = parser.feed(pending);
      if (!used) {
        out.error = used.error();
        return;
      }
      out.consumed += *used;
      pending.erase(0, *used);
      if (!parser.header_done() || head_seen) break;
      head_seen = true;
      out.error = at_head();
      if (out.error) return;
    }
    if (parser.done()) break;
  }
  out.done = parser.done();
}

Parsed parse_request(const std::vector<std::string_view>& pieces, std::uint64_t body_limit = 1 << 20,
                     const ParseLimits& limits = {}) {
  Parsed out;
  RequestParser parser(out.head, out.body);
  parser.next(limits);
  feed_pieces(parser, pieces, out, [&]() -> std::optional<Error> {
    Result<> fits = parser.admit(body_limit);
    if (!fits) return fits.error();
    return {};
  });
  return out;
}

// All ways to cut the bytes in two, and byte by byte.
void at_every_split(std::string_view bytes, const std::function<void(const std::vector<std::string_view>&)>& check) {
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) check({bytes.substr(0, cut), bytes.substr(cut)});
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  check(single);
}

TEST(RequestParser, ReadsARequestAtEverySplit) {
  const std::string bytes =
      "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: api.example:8080\r\nContent-Type: application/json\r\n"
      "content-length: 11\r\nX-Empty:\r\nConnection: keep-alive\r\n\r\n{\"a\":\"b\"} \nGET /next";
  at_every_split(bytes, [&](const std::vector<std::string_view>& pieces) {
    Parsed got = parse_request(pieces);
    ASSERT_FALSE(got.error) << got.error->message();
    ASSERT_TRUE(got.done);
    EXPECT_EQ(got.consumed, bytes.size() - std::string_view("GET /next").size());
    EXPECT_EQ(got.head.method, Verb::post);
    EXPECT_EQ(got.head.target, "/v1/chat/completions?a=b");
    EXPECT_EQ(got.head.fields.get(FieldName::host), "api.example:8080");
    EXPECT_EQ(got.head.fields.get("x-empty"), "");
    EXPECT_EQ(got.head.fields.size(), 5u);
    EXPECT_EQ(got.head.content_length, 11u);
    EXPECT_TRUE(got.head.keep_alive);
    EXPECT_FALSE(got.head.chunked);
    EXPECT_EQ(got.body, "{\"a\":\"b\"} \n");
  });
}

TEST(RequestParser, ReadsChunksAndDropsTrailersAtEverySplit) {
  for (const std::string chunks :
       {"5;name=value\r\nhello\r\n6;q=\"a;b\"\r\n world\r\n0\r\nAuthorization: Bearer stolen\r\nX-B: c\r\n\r\n",
        "B\r\nhello world\r\n0\r\n\r\n", "00b\r\nhello world\r\n000;last\r\n\r\n"}) {
    const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    at_every_split(bytes + "POST", [&](const std::vector<std::string_view>& pieces) {
      Parsed got = parse_request(pieces);
      ASSERT_FALSE(got.error) << got.error->message();
      ASSERT_TRUE(got.done);
      EXPECT_EQ(got.consumed, bytes.size());
      EXPECT_EQ(got.body, "hello world");
      EXPECT_TRUE(got.head.chunked);
      EXPECT_FALSE(got.head.fields.has(FieldName::authorization));
      EXPECT_EQ(got.head.fields.size(), 2u);
    });
  }
}

TEST(RequestParser, EmptyChunkedBodyAtEverySplit) {
  at_every_split("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [](const auto& pieces) {
    Parsed got = parse_request(pieces);
    EXPECT_FALSE(got.error);
    EXPECT_TRUE(got.done);
    EXPECT_EQ(got.body, "");
  });
}

TEST(RequestParser, KeepAliveByVersion) {
  EXPECT_TRUE(parse_request({"GET / HTTP/1.1\r\nHost: a\r\n\r\n"}).head.keep_alive);
  EXPECT_FALSE(parse_request({"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}).head.keep_alive);
  EXPECT_FALSE(parse_request({"GET / HTTP/1.0\r\n\r\n"}).head.keep_alive);
  EXPECT_TRUE(parse_request({"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"}).head.keep_alive);
}

TEST(RequestParser, ExpectContinueOnlyForHttp11) {
  EXPECT_TRUE(parse_request({"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n"}).head.expect_continue);
  EXPECT_FALSE(parse_request({"GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"}).head.expect_continue);
  EXPECT_FALSE(parse_request({"GET / HTTP/1.1\r\nHost: a\r\nExpect: gold\r\n\r\n"}).head.expect_continue);
}

TEST(RequestParser, ReducesAbsoluteTargets) {
  EXPECT_EQ(parse_request({"GET http://a:8/v1?x HTTP/1.1\r\nHost: A:8\r\n\r\n"}).head.target, "/v1?x");
  EXPECT_EQ(parse_request({"GET https://a HTTP/1.1\r\nHost: a\r\n\r\n"}).head.target, "/");
  EXPECT_EQ(parse_request({"GET http://a?x HTTP/1.1\r\nHost: a\r\n\r\n"}).head.target, "/?x");
}

TEST(RequestParser, SkipsEmptyLinesBeforeARequest) {
  Parsed got = parse_request({"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"});
  EXPECT_TRUE(got.done);
  EXPECT_EQ(parse_request({"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"}).error->code(), Code::bad_request);
}

TEST(RequestParser, StopsAfterTheHeadUntilAdmitted) {
  RequestHead head;
  std::string body;
  RequestParser parser(head, body);
  const std::string_view bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  Result<std::size_t> used = parser.feed(bytes);
  ASSERT_TRUE(used);
  EXPECT_EQ(*used, bytes.size() - 5);
  EXPECT_TRUE(parser.header_done());
  EXPECT_FALSE(parser.done());
  EXPECT_EQ(body, "");
  EXPECT_EQ(parser.admit(4).error().code(), Code::too_large);
  ASSERT_TRUE(parser.admit(5));
  used = parser.feed(bytes.substr(*used));
  EXPECT_EQ(*used, 5u);
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(body, "hello");
}

TEST(RequestParser, BodyLimitHoldsForChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(parse_request({head + "6\r\nhello \r\n4\r\nyou!\r\n0\r\n\r\n"}, 10).done);
  EXPECT_EQ(parse_request({head + "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"}, 10).error->code(), Code::too_large);
  EXPECT_EQ(parse_request({head + "FFFFFFFFFFFFFFFF\r\n"}, 10).error->code(), Code::too_large);
}

struct Refused {
  const char* what;
  std::string bytes;
  Code code = Code::bad_request;
};

class RefusedRequests : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedRequests, AtEverySplit) {
  at_every_split(GetParam().bytes, [&](const std::vector<std::string_view>& pieces) {
    Parsed got = parse_request(pieces);
    ASSERT_TRUE(got.error) << GetParam().what << ": accepted";
    EXPECT_EQ(got.error->code(), GetParam().code) << GetParam().what << ": " << got.error->message();
  });
}

std::string post(const std::string& fields, const std::string& rest = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + rest;
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusedRequests,
    ::testing::Values(
        Refused{"TE then CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        Refused{"CL then TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Refused{"two equal CLs", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        Refused{"two different CLs", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
        Refused{"a list of CLs", post("Content-Length: 5, 5\r\n", "hello")},
        Refused{"signed CL", post("Content-Length: +5\r\n", "hello")},
        Refused{"negative CL", post("Content-Length: -5\r\n", "hello")},
        Refused{"hexadecimal CL", post("Content-Length: 0x5\r\n", "hello")},
        Refused{"empty CL", post("Content-Length:\r\n", "hello")},
        Refused{"too large CL", post("Content-Length: 99999999999999999999\r\n", "hello")},
        Refused{"unknown coding", post("Transfer-Encoding: gzip\r\n"), Code::not_implemented},
        Refused{"identity", post("Transfer-Encoding: identity\r\n"), Code::not_implemented},
        Refused{"chunked not last", post("Transfer-Encoding: chunked, identity\r\n"), Code::not_implemented},
        Refused{"coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n"), Code::not_implemented},
        Refused{"chunked twice in one", post("Transfer-Encoding: chunked, chunked\r\n"), Code::not_implemented},
        Refused{"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        Refused{"chunked with a tail", post("Transfer-Encoding: chunked;x\r\n"), Code::not_implemented},
        Refused{"vertical tab in TE", post("Transfer-Encoding: \x0b" "chunked\r\n")},
        Refused{"TE name with a space", post("Transfer-Encoding : chunked\r\n")},
        Refused{"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Refused{"folded line", post("X-A: b\r\n c\r\n")},
        Refused{"folded after an empty line", post("X-A:\r\n b\r\n")},
        Refused{"folded TE", post("Transfer-Encoding:\r\n chunked\r\n")},
        Refused{"field before a name", "POST / HTTP/1.1\r\n Host: a\r\n\r\n"},
        Refused{"bare LF line end", "POST / HTTP/1.1\nHost: a\n\n\r\n\r\n"},
        Refused{"bare LF in fields", post("X-A: b\nContent-Length: 5\r\n")},
        Refused{"bare CR in a value", post("X-A: b\rc\r\n")},
        Refused{"NUL in a value", post(std::string("X-A: b\0c\r\n", 10))},
        Refused{"no colon", post("X-A\r\n")},
        Refused{"empty name", post(": b\r\n")},
        Refused{"bad chunk size", post("Transfer-Encoding: chunked\r\n", "5x\r\nhello\r\n0\r\n\r\n")},
        Refused{"chunk size with sign", post("Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n")},
        Refused{"chunk longer than said", post("Transfer-Encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n")},
        Refused{"chunk size overflow", post("Transfer-Encoding: chunked\r\n", "10000000000000005\r\nhello\r\n")},
        Refused{"bare LF after the size", post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n")}));

INSTANTIATE_TEST_SUITE_P(
    Heads, RefusedRequests,
    ::testing::Values(
        Refused{"no Host", "GET / HTTP/1.1\r\n\r\n"},
        Refused{"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        Refused{"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        Refused{"Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
        Refused{"Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        Refused{"absolute target, other host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"absolute target without host", "GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"authority target", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
        Refused{"relative target", "GET v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"star for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"control byte in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29)},
        Refused{"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        Refused{"HTTP/0.9", "GET /\r\n\r\n"},
        Refused{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
        Refused{"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)}));

TEST(RequestParser, LimitsTheHead) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  ParseLimits limits;
  limits.head_bytes = 1000;
  EXPECT_TRUE(parse_request({start + "X: " + std::string(900, 'x') + "\r\n\r\n"}, 0, limits).done);
  for (const std::string& tail : {std::string("\r\n\r\n"), std::string()}) {
    Parsed got = parse_request({start + "X: " + std::string(1000, 'x') + tail}, 0, limits);
    ASSERT_TRUE(got.error);
    EXPECT_EQ(got.error->name(), "headers_too_large");
  }
  std::string many = start;
  for (int i = 0; i < 80; ++i) many += "X: 0123456789\r\n";
  EXPECT_EQ(parse_request({many}, 0, limits).error->name(), "headers_too_large");
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < many.size(); ++i) single.push_back(std::string_view(many).substr(i, 1));
  EXPECT_EQ(parse_request(single, 0, limits).error->name(), "headers_too_large");
}

TEST(RequestParser, LimitsFieldCountAndTarget) {
  std::string fields;
  for (int i = 0; i < 127; ++i) fields += "X: y\r\n";
  EXPECT_TRUE(parse_request({post(fields)}).done);
  EXPECT_EQ(parse_request({post(fields + "X: y\r\n")}).error->name(), "headers_too_large");
  const std::string fits(8191, 'a');
  EXPECT_TRUE(parse_request({"GET /" + fits + " HTTP/1.1\r\nHost: a\r\n\r\n"}).done);
  EXPECT_EQ(parse_request({"GET /a" + fits + " HTTP/1.1\r\nHost: a\r\n\r\n"}).error->name(), "headers_too_large");
}

TEST(RequestParser, LimitsTrailersAndExtensions) {
  const std::string head = post("Transfer-Encoding: chunked\r\n");
  const std::string many(100, 'x');
  std::string trailers;
  for (int i = 0; i < 33; ++i) trailers += "X: y\r\n";
  EXPECT_EQ(parse_request({head + "0\r\n" + trailers + "\r\n"}).error->code(), Code::bad_request);
  EXPECT_EQ(parse_request({head + "0\r\nX: " + std::string(10'000, 'x')}).error->code(), Code::bad_request);
  EXPECT_EQ(parse_request({head + "5;" + std::string(5'000, 'x') + "\r\nhello"}).error->code(), Code::bad_request);
  EXPECT_EQ(parse_request({head + "5;" + std::string(10'000, 'x')}).error->code(), Code::bad_request);
  std::string chunks;
  for (int i = 0; i < 50; ++i) chunks += "1;" + many + "\r\na\r\n";
  EXPECT_EQ(parse_request({head + chunks}).error->code(), Code::bad_request);
}

TEST(RequestParser, CanBeUsedAgain) {
  RequestHead head;
  std::string body;
  RequestParser parser(head, body);
  for (int i = 0; i < 3; ++i) {
    parser.next();
    EXPECT_FALSE(parser.started());
    EXPECT_EQ(head.fields.size(), 0u);
    const std::string_view bytes = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb";
    Result<std::size_t> used = parser.feed(bytes);
    ASSERT_TRUE(used);
    ASSERT_TRUE(parser.admit(1));
    ASSERT_TRUE(parser.feed(bytes.substr(*used)));
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(body, "b");
  }
}

}  // namespace
}  // namespace sluice::http
