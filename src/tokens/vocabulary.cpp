#include "sluice/tokens/vocabulary.hpp"

#include "tokens/merge.hpp"
#include "tokens/pieces.hpp"
#include "tokens/vocabulary_file.hpp"

extern "C" const char sluice_cl100k_begin[], sluice_cl100k_end[], sluice_o200k_begin[], sluice_o200k_end[];

namespace sluice::tokens {
namespace {

struct Family { std::string_view prefix; Vocabulary vocabulary; };

// The first that fits counts: the name itself, or with more behind a '-', ':', '.' or '@'.
constexpr Family families[] = {
    {"gpt-4o", Vocabulary::o200k},         {"gpt-4.1", Vocabulary::o200k},
    {"gpt-4.5", Vocabulary::o200k},        {"gpt-5", Vocabulary::o200k},
    {"chatgpt-4o", Vocabulary::o200k},     {"gpt-oss", Vocabulary::o200k},
    {"codex-mini", Vocabulary::o200k},     {"o1", Vocabulary::o200k},
    {"o3", Vocabulary::o200k},             {"o4", Vocabulary::o200k},
    {"gpt-4", Vocabulary::cl100k},         {"gpt-3.5", Vocabulary::cl100k},
    {"gpt-35", Vocabulary::cl100k},        {"text-embedding-3", Vocabulary::cl100k},
    {"davinci-002", Vocabulary::cl100k},   {"babbage-002", Vocabulary::cl100k},
    {"text-embedding-ada-002", Vocabulary::cl100k},
};

bool fits(std::string_view model, std::string_view prefix) {
  if (model.substr(0, prefix.size()) != prefix) return false;
  if (model.size() == prefix.size()) return true;
  const char next = model[prefix.size()];
  return next == '-' || next == ':' || next == '.' || next == '@';
}

void take(std::string_view& name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
}

}  // namespace

std::string_view vocabulary_file(Vocabulary vocabulary) {
  const auto between = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  if (vocabulary == Vocabulary::cl100k) return between(sluice_cl100k_begin, sluice_cl100k_end);
  return between(sluice_o200k_begin, sluice_o200k_end);
}

Vocabulary vocabulary_of(std::string_view model) {
  take(model, "openai/");
  take(model, "ft:");
  for (const Family& family : families) {
    if (fits(model, family.prefix)) return family.vocabulary;
  }
  return Vocabulary::none;
}

std::int64_t count(Vocabulary vocabulary, std::string_view utf8_text) {
  if (vocabulary == Vocabulary::none) return static_cast<std::int64_t>(utf8_text.size());
  const Ranks ranks(vocabulary_file(vocabulary));
  Merge merge(ranks);
  Pieces pieces(vocabulary, utf8_text);
  std::int64_t total = 0;
  for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) total += merge.count(piece);
  return total;
}

}  // namespace sluice::tokens
