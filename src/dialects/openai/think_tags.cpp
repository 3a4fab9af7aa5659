#include "dialects/openai/think_tags.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::dialects::openai {
namespace {

constexpr std::string_view spaces = " \t\r\n";

struct Tag { std::string_view opening, closing; };
constexpr std::array<Tag, 2> tags{{{"<think>", "</think>"}, {"<thought>", "</thought>"}}};

// The longest end of `text` that is a beginning of `tag`.
std::size_t begun(std::string_view text, std::string_view tag) {
  for (std::size_t n = std::min(text.size(), tag.size() - 1); n > 0; --n) {
    if (text.ends_with(tag.substr(0, n))) return n;
  }
  return 0;
}

}  // namespace

bool ThinkTags::open() {
  const std::size_t first = std::min(x_held.find_first_not_of(spaces), x_held.size());
  const std::string_view text = std::string_view(x_held).substr(first);
  if (text.empty() && x_held.size() < 64) return false;
  for (const Tag& tag : tags) {
    if (text.starts_with(tag.opening)) {
      x_where = Where::inside;
      x_closing = tag.closing;
      x_held.erase(0, first + tag.opening.size());
      return true;
    }
    if (text.size() < tag.opening.size() && tag.opening.starts_with(text)) return false;
  }
  x_where = Where::text;
  return true;
}

void ThinkTags::inside(Pieces& out) {
  const std::size_t end = x_held.find(x_closing);
  if (end != x_held.npos) {
    out.thinking.append(x_held, 0, end);
    x_held.erase(0, end + x_closing.size());
    x_where = Where::behind;
    return;
  }
  const std::size_t sure = x_held.size() - begun(x_held, x_closing);
  out.thinking.append(x_held, 0, sure);
  x_held.erase(0, sure);
}

ThinkTags::Pieces ThinkTags::feed(std::string_view piece) {
  Pieces out;
  x_held.append(piece);
  if (x_where == Where::start && !open()) return out;
  if (x_where == Where::inside) inside(out);
  if (x_where == Where::behind) {   // the empty lines between the two belong to neither
    const std::size_t first = x_held.find_first_not_of(spaces);
    if (first == x_held.npos) {
      x_held.clear();
    } else {
      x_held.erase(0, first);
      x_where = Where::text;
    }
  }
  if (x_where == Where::text) out.text = std::exchange(x_held, {});
  return out;
}

ThinkTags::Pieces ThinkTags::finish() {
  Pieces out;
  if (x_where == Where::inside) out.thinking = std::exchange(x_held, {});
  else out.text = std::exchange(x_held, {});
  return out;
}

}  // namespace sluice::dialects::openai
