#include "dialects/event_splitter.hpp"

#include <gtest/gtest.h>

namespace sluice::dialects {
namespace {

struct Log final : EventSink {
  void event(std::string_view name, std::string_view data) override {
    text += "[" + std::string(name) + "|" + std::string(data) + "]";
  }
  void oversized() override { text += "[oversized]"; }
  void stray(std::string_view line) override { text += "[stray " + std::string(line) + "]"; }
  std::string text;
};

std::string split(std::string_view stream, std::size_t piece = std::string_view::npos, std::size_t most = 64) {
  Log log;
  EventSplitter splitter(most);
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size())))
    splitter.feed(stream.substr(0, piece), log);
  return log.text;
}

void expect(std::string_view stream, std::string_view events) {
  for (std::size_t piece = 1; piece <= stream.size(); ++piece)
    EXPECT_EQ(split(stream, piece), events) << stream << " in pieces of " << piece;
}

TEST(EventSplitter, FieldsAndLineEnds) {
  expect("data: a\n\n", "[|a]");
  expect("data:a\r\n\r\n", "[|a]");
  expect("data:  a\n\n", "[| a]");
  expect("event: error\ndata: x\n\ndata: y\n\n", "[error|x][|y]");
  expect("data: x\nevent: late\n\n", "[late|x]");
  expect("data\n\n", "[|]");
  expect("data: a\ndata: b\ndata:\n\n", "[|a\nb\n]");
}

TEST(EventSplitter, WhatIsNoEvent) {
  expect(": comment\n\n", "");
  expect("event: ping\n\ndata: a\n\n", "[|a]");   // a name without data is dropped with its event
  expect("id: 7\nretry: 10\n\n", "");
  expect("data: a\n", "");
  expect("data: a", "");
  expect("\n\n\n", "");
}

TEST(EventSplitter, StrayLinesAreTold) {
  expect("<html>\n", "[stray <html>]");
  expect("data: a\n\nfoo: bar\n", "[|a][stray foo: bar]");
}

TEST(EventSplitter, AByteOrderMarkIsSkippedAtTheStartOnly) {
  expect("\xEF\xBB\xBF" "data: a\n\n", "[|a]");
  expect("data: a\n\n\xEF\xBB\xBF" "data: b\n\n", "[|a][stray \xEF\xBB\xBF" "data: b]");
}

TEST(EventSplitter, AnOversizedEventIsSkippedWhole) {
  const std::string huge = "data: " + std::string(200, 'x');
  const std::string lines = "data: " + std::string(40, 'x') + "\ndata: " + std::string(40, 'y') + "\n\ndata: b\n\n";
  const std::string comment = ": " + std::string(200, 'x') + "\n\ndata: b\n\n";
  const std::string page = "<html>" + std::string(200, 'x') + "\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{64}, std::size_t{65}, std::size_t{100}}) {
    EXPECT_EQ(split(huge + "\ndata: more\n\ndata: b\n\n", piece), "[oversized][|b]") << piece;
    EXPECT_EQ(split(lines, piece), "[oversized][|b]") << piece;
    EXPECT_EQ(split(comment, piece), "[|b]") << piece;
    EXPECT_TRUE(split(page, piece).starts_with("[stray <html")) << piece;
  }
}

}  // namespace
}  // namespace sluice::dialects
