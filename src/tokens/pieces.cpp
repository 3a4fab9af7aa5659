#include "tokens/pieces.hpp"

#include "sluice/base/text.hpp"

namespace sluice::tokens {
namespace {

constexpr std::size_t nothing = static_cast<std::size_t>(-1);

bool is_other(Class c) { return c == Class::other || c == Class::mark; }          // [^\s\p{L}\p{N}]
bool may_lead(Class c) { return is_other(c) || c == Class::space; }               // [^\r\n\p{L}\p{N}]
bool ends_word(Class c) { return c == Class::lower || c == Class::caseless || c == Class::mark; }
bool begins_word(Class c) { return c == Class::upper || c == Class::caseless || c == Class::mark; }

}  // namespace

Pieces::Pieces(Vocabulary vocabulary, std::string_view text)
    : x_characters(text), x_text(text), x_vocabulary(vocabulary) {}

std::string_view Pieces::next() {
  const Character first = x_characters.at(x_at);
  if (first.size == 0) return {};
  const std::size_t begin = x_at;
  x_at = x_vocabulary == Vocabulary::cl100k ? end_of_cl100k(first) : end_of_o200k(first);
  return x_text.substr(begin, x_at - begin);
}

template <class Wanted>
std::size_t Pieces::skip(std::size_t at, Wanted wanted) {
  for (;;) {
    const Character here = x_characters.at(at);
    if (here.size == 0 || !wanted(here)) return at;
    at += here.size;
  }
}

std::size_t Pieces::end_of_cl100k(Character first) {
  const std::size_t after = x_at + first.size;
  if (const std::size_t size = contraction(x_at)) return x_at + size;
  const auto letter = [](Character c) { return is_letter(c.of); };
  if (is_letter(first.of)) return skip(after, letter);
  if (first.of == Class::number) return end_of_numbers(x_at);
  const Character second = x_characters.at(after);
  if (may_lead(first.of) && is_letter(second.of)) return skip(after, letter);
  const bool others_follow = first.point == ' ' && second.size != 0 && is_other(second.of);
  if (is_other(first.of) || others_follow) return end_of_others(after, false);
  return end_of_space(x_at);
}

std::size_t Pieces::end_of_o200k(Character first) {
  if (first.of == Class::number) return end_of_numbers(x_at);
  const std::size_t after = x_at + first.size;
  if (const std::size_t word = end_of_word(x_at); word != nothing) return word + contraction(word);
  const Character second = x_characters.at(after);
  const bool others_follow = first.point == ' ' && second.size != 0 && is_other(second.of);
  if (is_other(first.of) || others_follow) return end_of_others(after, true);
  return end_of_space(x_at);
}

// The alternatives in the order in which the pattern tries them: with a lower end and with a leading character, without
// that, and the same for words in upper case.
std::size_t Pieces::end_of_word(std::size_t at) {
  const Character first = x_characters.at(at);
  const std::size_t after = at + first.size;
  for (const bool upper_only : {false, true}) {
    if (may_lead(first.of)) {
      if (const std::size_t end = end_of_cased(after, upper_only); end != nothing) return end;
    }
    if (is_letter(first.of) || first.of == Class::mark) {
      if (const std::size_t end = end_of_cased(at, upper_only); end != nothing) return end;
    }
  }
  return nothing;
}

// U*L+, or U+ when `upper_only` (L* after it is empty then: else the first form had fitted). When no character that can
// be only lower follows U*, L+ takes the last of U* that may end a word: the rest is given back.
std::size_t Pieces::end_of_cased(std::size_t at, bool upper_only) {
  std::size_t last = nothing;
  const std::size_t upper = skip(at, [&, here = at](Character c) mutable {
    if (!begins_word(c.of)) return false;
    here += c.size;
    if (ends_word(c.of)) last = here;
    return true;
  });
  if (upper_only) return upper == at ? nothing : upper;
  const Character next = x_characters.at(upper);
  if (next.size == 0 || next.of != Class::lower) return last;
  return skip(upper, [](Character c) { return ends_word(c.of); });
}

std::size_t Pieces::end_of_numbers(std::size_t at) {
  int left = 3;
  return skip(at, [&](Character c) { return c.of == Class::number && left-- > 0; });
}

std::size_t Pieces::end_of_others(std::size_t at, bool slashes) {
  const std::size_t end = skip(at, [](Character c) { return is_other(c.of); });
  return skip(end, [&](Character c) { return c.of == Class::line_end || (slashes && c.point == '/'); });
}

// Up to the last line end of the white space; without one all of it at the end of the text, else all but the character
// before the next word.
std::size_t Pieces::end_of_space(std::size_t at) {
  std::size_t after_line_end = nothing, last = at;
  const std::size_t end = skip(at, [&, here = at](Character c) mutable {
    if (!is_space(c.of)) return false;
    last = here;
    here += c.size;
    if (c.of == Class::line_end) after_line_end = here;
    return true;
  });
  if (end == x_text.size() && x_vocabulary == Vocabulary::cl100k) return end;
  if (after_line_end != nothing) return after_line_end;
  return end == x_text.size() || last == at ? end : last;
}

std::size_t Pieces::contraction(std::size_t at) const {
  if (at + 1 >= x_text.size() || x_text[at] != '\'') return 0;
  const char first = to_lower(x_text[at + 1]);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if (x_text.substr(at + 1, 2) == "\u017F") return 3;   // the long s, which is an s when case is passed over
  if (at + 2 >= x_text.size()) return 0;
  const char second = to_lower(x_text[at + 2]);
  const bool two = (first == 'l' && second == 'l') || ((first == 'v' || first == 'r') && second == 'e');
  return two ? 3 : 0;
}

}  // namespace sluice::tokens
