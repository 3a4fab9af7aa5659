#include "sluice/http/head.hpp"

#include <gtest/gtest.h>

#include "sluice/http/header_block.hpp"

namespace sluice::http {
namespace {

TEST(Fields, FindsByNumberAndByNameWithoutCase) {
  Fields fields;
  fields.add(FieldName::content_type, "Content-Type", "text/plain");
  fields.add(FieldName::unknown, "X-Sluice-Thing", "one");
  fields.add(FieldName::unknown, "x-sluice-thing", "two");
  EXPECT_EQ(fields.get(FieldName::content_type), "text/plain");
  EXPECT_EQ(fields.get("content-TYPE"), "text/plain");
  EXPECT_EQ(fields.get("X-SLUICE-THING"), "one");
  EXPECT_EQ(fields.get("x-sluice"), "");
  EXPECT_TRUE(fields.has(FieldName::content_type));
  EXPECT_FALSE(fields.has(FieldName::host));
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields.at(2).name, "x-sluice-thing");
  EXPECT_EQ(fields.at(2).value, "two");
  fields.clear();
  EXPECT_EQ(fields.size(), 0u);
  EXPECT_EQ(fields.get(FieldName::content_type), "");
}

TEST(Fields, ListTokensAcrossFieldsOfOneName) {
  Fields fields;
  fields.add(FieldName::connection, "Connection", "close , \tX-Hop");
  fields.add(FieldName::connection, "Connection", "Upgrade");
  EXPECT_TRUE(fields.has_token(FieldName::connection, "close"));
  EXPECT_TRUE(fields.has_token(FieldName::connection, "x-hop"));
  EXPECT_TRUE(fields.has_token(FieldName::connection, "upgrade"));
  EXPECT_FALSE(fields.has_token(FieldName::connection, "hop"));
  EXPECT_FALSE(fields.has_token(FieldName::connection, ""));
  EXPECT_FALSE(fields.has_token(FieldName::te, "close"));
}

TEST(RequestHead, SplitsTheTarget) {
  RequestHead head;
  head.target = "/v1/models?key=a?b";
  EXPECT_EQ(head.path(), "/v1/models");
  EXPECT_EQ(head.query(), "key=a?b");
  head.target = "/v1";
  EXPECT_EQ(head.path(), "/v1");
  EXPECT_EQ(head.query(), "");
}

TEST(AppendHeader, RefusesWhatCouldSplitTheMessage) {
  std::string out = "x";
  EXPECT_TRUE(append_header(out, "X-A", "b\tc \xC3\xA9"));
  EXPECT_EQ(out, "xX-A: b\tc \xC3\xA9\r\n");
  EXPECT_FALSE(append_header(out, "X-A", "b\r\nSet-Cookie: c"));
  EXPECT_FALSE(append_header(out, "X-A", "b\n"));
  EXPECT_FALSE(append_header(out, "X-A", std::string_view("b\0c", 3)));
  EXPECT_FALSE(append_header(out, "X-A", "b\x7f"));
  EXPECT_FALSE(append_header(out, "X A", "b"));
  EXPECT_FALSE(append_header(out, "X:A", "b"));
  EXPECT_FALSE(append_header(out, std::string_view("X\0A", 3), "b"));
  EXPECT_FALSE(append_header(out, "", "b"));
  EXPECT_EQ(out, "xX-A: b\tc \xC3\xA9\r\n");
}

TEST(ReasonPhrase, KnowsTheUsualAndNamesTheRest) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(429), "Too Many Requests");
  EXPECT_EQ(reason_phrase(299), "Unknown");
  EXPECT_EQ(reason_phrase(-1), "Unknown");
  EXPECT_EQ(reason_phrase(5000), "Unknown");
}

}  // namespace
}  // namespace sluice::http
