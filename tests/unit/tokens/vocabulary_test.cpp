// Counts against those of OpenAI's own tokeniser (make_reference.py), and what holds for every text.
#include "sluice/tokens/vocabulary.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "support/places.hpp"
#include "tokens/merge.hpp"
#include "tokens/pieces.hpp"
#include "tokens/vocabulary_file.hpp"

namespace {

using namespace sluice::tokens;

constexpr Vocabulary both[] = {Vocabulary::cl100k, Vocabulary::o200k};

struct Case {
  std::string text;
  std::int64_t cl100k, o200k;
};

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

const std::vector<Case>& reference() {
  static const auto all = [] {
    std::ifstream in(sluice::test::source_root() / "tests/unit/tokens/data/reference.json");
    std::vector<Case> out;
    for (const auto& one : nlohmann::json::parse(in)) {
      Case it{{}, one.at(1), one.at(2)};
      if (one.at(0).is_string()) it.text = one.at(0).get<std::string>();
      else for (const auto& run : one.at(0)) it.text += repeated(run.at(0).get<std::string>(), run.at(1));
      out.push_back(std::move(it));
    }
    return out;
  }();
  return all;
}

std::vector<std::string> pieces_of(Vocabulary vocabulary, std::string_view text) {
  std::vector<std::string> out;
  Pieces pieces(vocabulary, text);
  for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) out.emplace_back(piece);
  return out;
}

TEST(Vocabulary, CountsAsOpenAiDoes) {
  ASSERT_GE(reference().size(), 2000u);
  for (const Case& one : reference()) {
    EXPECT_EQ(count(Vocabulary::cl100k, one.text), one.cl100k) << one.text.substr(0, 200);
    EXPECT_EQ(count(Vocabulary::o200k, one.text), one.o200k) << one.text.substr(0, 200);
  }
}

TEST(Vocabulary, IsKnownByTheNameOfTheModel) {
  for (const char* model : {"gpt-4o", "gpt-4o-mini", "openai/gpt-4.1-nano", "gpt-5", "gpt-5.6-sol", "o1", "o3-mini", "o4-mini",
                            "chatgpt-4o-latest", "gpt-oss-120b", "openai/gpt-oss-20b", "ft:gpt-4o-mini-2024-07-18:acme::x"})
    EXPECT_EQ(vocabulary_of(model), Vocabulary::o200k) << model;
  for (const char* model : {"gpt-4", "gpt-4-turbo", "gpt-4-0613", "gpt-3.5-turbo", "gpt-35-turbo", "ft:gpt-3.5-turbo:a::b",
                            "text-embedding-3-small", "text-embedding-ada-002", "openai/gpt-4"})
    EXPECT_EQ(vocabulary_of(model), Vocabulary::cl100k) << model;
  for (const char* model : {"", "openai/", "o", "o10", "ada", "text-curie-001", "claude-opus-4-5", "gpt-", "gpt-45", "xo1"})
    EXPECT_EQ(vocabulary_of(model), Vocabulary::none) << model;
}

TEST(Vocabulary, NoneCountsBytes) { EXPECT_EQ(count(Vocabulary::none, "Größe"), 7); }

TEST(Vocabulary, EveryTokenOfTheFilesIsFoundOnceUnderItsRank) {
  for (const Vocabulary vocabulary : both) {
    const std::string_view file = vocabulary_file(vocabulary);
    const Ranks ranks(file);
    const auto number = [&](std::size_t at, std::size_t bytes) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < bytes; ++i) value |= std::uint32_t{static_cast<unsigned char>(file[at + i])} << 8 * i;
      return value;
    };
    ASSERT_EQ(file.substr(0, 8), "SLUICEV1");
    std::vector<bool> seen(number(8, 4) + 1);
    std::size_t tokens = 0;
    for (std::size_t at = 16 + 4 * (std::size_t{number(12, 4)} + 1); at < file.size(); ++tokens) {
      const std::size_t size = number(at, 1);
      const std::uint32_t rank = number(at + 1, 3);
      ASSERT_LT(rank, seen.size());
      EXPECT_FALSE(seen[rank]);
      seen[rank] = true;
      ASSERT_EQ(ranks.find(file.substr(at + 4, size)), rank);
      at += 4 + size;
    }
    EXPECT_EQ(tokens, seen.size() - 1);
    EXPECT_EQ(ranks.find(""), Ranks::none);
    EXPECT_EQ(ranks.find(std::string(129, ' ')), Ranks::none);
    EXPECT_EQ(ranks.find("surely no token"), Ranks::none);
  }
}

TEST(Vocabulary, TheScanAndTheHeapJoinAlike) {
  for (const Vocabulary vocabulary : both) {
    const Ranks ranks(vocabulary_file(vocabulary));
    Merge merge(ranks);
    int compared = 0;
    for (const Case& one : reference()) {
      if (one.text.empty() || one.text.size() > Merge::short_piece) continue;
      ++compared;
      EXPECT_EQ(merge.count_by_scan(one.text), merge.count_by_heap(one.text)) << one.text;
    }
    EXPECT_GT(compared, 1000);
  }
}

TEST(Pieces, AreCutWherePublishedPatternsCut) {
  using List = std::vector<std::string>;
  EXPECT_EQ(pieces_of(Vocabulary::cl100k, "don't 12345 foo!\n\n  bar  "),
            (List{"don", "'t", " ", "123", "45", " foo", "!\n\n", " ", " bar", "  "}));
  EXPECT_EQ(pieces_of(Vocabulary::o200k, "don't DON'T HTTPServer //\n/x  \n y"),
            (List{"don't", " DON'T", " HTTPServer", " //\n/", "x", "  \n", " y"}));
  EXPECT_EQ(pieces_of(Vocabulary::o200k, "AB中CDe"), (List{"AB中CDe"}));
  EXPECT_EQ(pieces_of(Vocabulary::o200k, "AB中CD"), (List{"AB中", "CD"}));
  EXPECT_EQ(pieces_of(Vocabulary::o200k, "\u0301ABC"), (List{"\u0301", "ABC"}));
}

TEST(Pieces, TogetherAreTheText) {
  for (const Vocabulary vocabulary : both) {
    for (const Case& one : reference()) {
      std::string joined;
      for (const std::string& piece : pieces_of(vocabulary, one.text)) joined += piece;
      EXPECT_EQ(joined, one.text);
    }
  }
}

// Any bytes: cut texts, stray bytes in between, bytes alone.
TEST(Vocabulary, CountsAnyBytesAndNeverMoreThanThere) {
  std::mt19937 random(3);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  for (int i = 0; i < 3000; ++i) {
    std::string text = reference()[below(1500)].text;
    if (!text.empty() && i % 3 == 0) text.resize(below(text.size()));
    if (!text.empty() && i % 3 == 1) text[below(text.size())] = static_cast<char>(random());
    if (i % 3 == 2) for (char& c : text) c = static_cast<char>(random());
    for (const Vocabulary vocabulary : both) {
      EXPECT_LE(count(vocabulary, text), static_cast<std::int64_t>(text.size()));
      EXPECT_EQ(count(vocabulary, text) == 0, text.empty());
    }
  }
  for (const char* stray : {"\xC3", "\xE4\xB8", "\xF0\x9F\x98", "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
    for (const Vocabulary vocabulary : both) EXPECT_EQ(pieces_of(vocabulary, stray).size(), 1u);
}

TEST(Vocabulary, ATextInTwoCostsHardlyLessThanWhole) {
  for (const Vocabulary vocabulary : both) {
    for (const Case& one : reference()) {
      if (one.text.size() < 2 || one.text.size() > 400) continue;
      const std::size_t middle = one.text.size() / 2;
      const std::int64_t whole = count(vocabulary, one.text);
      const std::string_view text = one.text;
      EXPECT_LE(whole, count(vocabulary, text.substr(0, middle)) + count(vocabulary, text.substr(middle)) + 2) << text;
    }
  }
}

// Megabytes that a quadratic encoder or pattern would need hours for: they end, with the right number.
TEST(Vocabulary, HostileTextsTakeTimeAlmostInProportion) {
  constexpr std::size_t longest = Merge::longest_piece;
  EXPECT_EQ(count(Vocabulary::o200k, std::string(longest, 'a')), static_cast<std::int64_t>(longest / 8));
  EXPECT_EQ(count(Vocabulary::o200k, std::string(longest + 1, 'a')), static_cast<std::int64_t>(longest + 1));
  const std::string line = std::string(longest - 1, 'a') + " ";
  EXPECT_EQ(count(Vocabulary::cl100k, repeated(line, 16)), 16 * count(Vocabulary::cl100k, line));
  for (const char* part : {"A", "\u0301A", "\u4E2DA", " ", " \n", "\n ", "'", "'s", "/", "\xFF", "1", " 1", "aA", "\u00A0", "\u00A0a"}) {
    const std::string text = repeated(part, 2000000 / std::string_view(part).size());
    for (const Vocabulary vocabulary : both) {
      std::size_t joined = 0;
      Pieces pieces(vocabulary, text);
      for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) joined += piece.size();
      EXPECT_EQ(joined, text.size()) << part;
    }
  }
}

}  // namespace
