// The framing of AWS event streams: checksums, every header type, any split, hostile lengths.
#include <gtest/gtest.h>

#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects::bedrock {
namespace {

using bedrock_tests::cut;
using bedrock_tests::frame_of;
using bedrock_tests::slow_crc;

struct Log final : FrameSink {
  void frame(const Frame& frame) override {
    std::string_view rest = frame.headers;
    while (const auto header = take_header(rest)) {
      text.append(header->name).append("/").append(std::to_string(static_cast<int>(header->type))).append("=");
      for (const char c : header->value) text.append(std::to_string(static_cast<unsigned char>(c))).append(" ");
    }
    text.append("|").append(frame.payload).append("\n");
  }
  void oversized() override { text += "oversized\n"; }
  std::string text;
};

std::string read(const std::vector<std::string_view>& pieces, std::size_t most = 1 << 20) {
  Log log;
  FrameReader reader(most);
  for (const auto piece : pieces) reader.feed(piece, log);
  if (reader.broken()) log.text += "broken\n";
  else if (reader.inside_frame()) log.text += "inside\n";
  return log.text;
}

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
}

// A frame by the specification, with its checksums.
std::string raw_frame(const std::string& headers, const std::string& payload) {
  std::string out = number(static_cast<std::uint32_t>(16 + headers.size() + payload.size())) + number(static_cast<std::uint32_t>(headers.size()));
  out += number(slow_crc(out));
  out += headers + payload;
  return out + number(slow_crc(out));
}

TEST(BedrockFrames, ChecksumIsZlibs) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32("6789", crc32("12345")), 0xCBF43926u);
  EXPECT_EQ(crc32(""), 0u);
}

// The specification's own example: a message without headers and payload.
TEST(BedrockFrames, TheEmptyMessage) {
  const std::string empty("\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8\xff", 16);
  EXPECT_EQ(read({empty}), "|\n");
  EXPECT_EQ(raw_frame("", ""), empty);
}

TEST(BedrockFrames, EveryTypeOfHeader) {
  using namespace std::string_literals;
  const std::string headers = "\1t\0"s + "\1f\1"s + "\1b\2\xfe"s + "\1s\3\xff\xfe"s + "\1i\4\0\1\2\3"s + "\1l\5\0\0\0\1\2\3\4\5"s +
                              "\1y\6\0\2\1\2"s + "\1z\7\0\2ok"s + "\1d\x08\0\0\1\2\3\4\5\6"s + "\1u\x09"s + "0123456789abcdef"s;
  const std::string told = read({raw_frame(headers, "{}")});
  EXPECT_EQ(told, "t/0=f/1=b/2=254 s/3=255 254 i/4=0 1 2 3 l/5=0 0 0 1 2 3 4 5 y/6=1 2 z/7=111 107 d/8=0 0 1 2 3 4 5 6 "
                  "u/9=48 49 50 51 52 53 54 55 56 57 97 98 99 100 101 102 |{}\n");
}

TEST(BedrockFrames, AnySplitGivesTheSame) {
  const std::string stream = frame_of("messageStart", R"({"role":"assistant"})") + raw_frame("", "") + frame_of("metadata", "{}");
  const std::string whole = read({stream});
  EXPECT_EQ(read(cut(stream, 1)), whole);
  for (std::size_t at = 1; at < stream.size(); ++at) {
    EXPECT_EQ(read({std::string_view(stream).substr(0, at), std::string_view(stream).substr(at)}), whole) << at;
  }
}

TEST(BedrockFrames, ALongFrameIsPassedOverInBoundedMemory) {
  const std::string stream = frame_of("a", std::string(5000, 'x')) + frame_of("b", "{}");
  const std::string expected = "oversized\n" + read({frame_of("b", "{}")});
  EXPECT_EQ(read({stream}, 1000), expected);
  EXPECT_EQ(read(cut(stream, 1), 1000), expected);
  for (std::size_t at = 1; at < stream.size(); ++at) {
    EXPECT_EQ(read({std::string_view(stream).substr(0, at), std::string_view(stream).substr(at)}, 1000), expected) << at;
  }
  std::string damaged = stream;
  damaged[3000] = 'y';
  EXPECT_EQ(read({damaged}, 1000), "broken\n");
}

TEST(BedrockFrames, EveryDamagedByteIsFound) {
  const std::string frame = frame_of("messageStop", R"({"stopReason":"end_turn"})");
  for (std::size_t at = 0; at < frame.size(); ++at) {
    std::string damaged = frame;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_EQ(read({damaged}), "broken\n") << at;
    EXPECT_EQ(read(cut(damaged, 1)), "broken\n") << at;
  }
}

TEST(BedrockFrames, LiesWithGoodChecksumsAreFound) {
  using namespace std::string_literals;
  std::string prelude = number(15) + number(0);   // shorter than any frame
  EXPECT_EQ(read({prelude + number(slow_crc(prelude)) + "xxxx"}), "broken\n");
  prelude = number(20) + number(5);               // headers longer than the frame
  EXPECT_EQ(read({prelude + number(slow_crc(prelude)) + "xxxxxxxx"}), "broken\n");
  EXPECT_EQ(read({raw_frame("\1a\7\0\7short"s, "")}), "broken\n");   // a value beyond the headers
  EXPECT_EQ(read({raw_frame("\1a\x0a"s, "")}), "broken\n");          // no such type
  EXPECT_EQ(read({raw_frame("\0\7\0\0"s, "")}), "broken\n");         // no name
  EXPECT_EQ(read({"HTTP/1.1 502 Bad Gateway"}), "broken\n");
  EXPECT_EQ(read({frame_of("a", "{}").substr(0, 40)}), "inside\n");
}

TEST(BedrockFrames, WrittenAsTheRecordedOnesAre) {
  const auto& one = test::exchange("bedrock-converse-stream-pydantic-ai-test-bedrock-native-output-stream-0");
  std::string again;
  for (const auto& event : bedrock_tests::events_of(one.response)) again += frame_of(event.type, event.payload.dump(), event.message_type);
  EXPECT_EQ(again, one.response);
}

}  // namespace
}  // namespace sluice::dialects::bedrock
