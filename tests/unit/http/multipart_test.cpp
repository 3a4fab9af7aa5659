#include "sluice/http/multipart.hpp"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

constexpr std::string_view type = "multipart/form-data; boundary=\"xYz\"";

std::string part(std::string_view disposition, std::string_view value) {
  return "--xYz\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n\r\n" + std::string(value) + "\r\n";
}
const std::string end = "--xYz--\r\n";

TEST(Form, FieldsAreFoundWhereTheyStand) {
  const std::string body = part("name=\"file\"; filename=\"a;b.wav\"", std::string("RIFF\r\n--xY\0z", 11)) + part("name=model", "whisper-1") +
                           "--xYz  \r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; name=\"stream\"\r\n\r\n\r\n" + end;
  const auto form = read_form(type, body);
  ASSERT_TRUE(form) << form.error().message();
  ASSERT_EQ(form->fields.size(), 3u);
  EXPECT_EQ(form->boundary, "xYz");
  EXPECT_EQ(form->fields[0].name, "file");
  EXPECT_TRUE(form->fields[0].file);
  const auto value = [&](std::size_t i) { return body.substr(form->fields[i].begin, form->fields[i].end - form->fields[i].begin); };
  EXPECT_EQ(value(0), std::string("RIFF\r\n--xY\0z", 11));
  EXPECT_EQ(form->fields[1].name, "model");
  EXPECT_FALSE(form->fields[1].file);
  EXPECT_EQ(value(1), "whisper-1");
  EXPECT_EQ(value(2), "");
}

TEST(Form, AFieldWrittenInFrontIsRead) {
  const std::string body = write_field("xYz", "model", "m") + part("name=\"a\"", "1") + end;
  const auto form = read_form(type, body);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->fields.at(0).name, "model");
  EXPECT_EQ(form->fields.at(1).name, "a");
}

TEST(Form, AnEmptyOneIsOne) { EXPECT_TRUE(read_form(type, end)->fields.empty()); }

TEST(Form, BrokenOnesAreRefused) {
  const std::string good = part("name=\"a\"", "1");
  std::string many;
  for (int i = 0; i < 257; ++i) many += good;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"multipart/form-data", good + end},
      {"multipart/form-data; boundary=", good + end},
      {"multipart/form-data; boundary=\"a\nb\"", good + end},
      {"multipart/form-data; boundary=\"open", good + end},
      {"multipart/form-data; boundary=" + std::string(71, 'b'), good + end},
      {std::string(type), "junk" + good + end},
      {std::string(type), good},
      {std::string(type), good + "--xYz"},
      {std::string(type), good + "--xYz\r\nContent-Disposition: form-data; name=\"b\""},
      {std::string(type), part("filename=\"a\"", "1") + end},
      {std::string(type), "--xYz\r\nno colon\r\n\r\n1\r\n" + end},
      {std::string(type), "--xYz junk\r\n\r\n1\r\n" + end},
      {std::string(type), many + end},
      {std::string(type), ""}};
  for (const auto& [content_type, body] : rows) {
    const auto form = read_form(content_type, body);
    ASSERT_FALSE(form) << content_type << "\n" << body.substr(0, 200);
    EXPECT_EQ(form.error().code(), Code::bad_request);
  }
}

TEST(Form, NoPrefixOfABodyIsTakenForIt) {
  const std::string body = part("name=\"file\"; filename=\"f\"", "data") + part("name=\"model\"", "m") + "--xYz--";
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(read_form(type, std::string_view(body).substr(0, size))) << size;
  EXPECT_TRUE(read_form(type, body));
}

TEST(Form, TypeIsKnownByItsName) {
  EXPECT_TRUE(is_form("Multipart/Form-Data; boundary=x"));
  EXPECT_TRUE(is_form("multipart/form-data"));
  EXPECT_FALSE(is_form("application/json"));
  EXPECT_FALSE(is_form(""));
}

}  // namespace
}  // namespace sluice::http
