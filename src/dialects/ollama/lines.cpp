#include "dialects/ollama/lines.hpp"

#include <algorithm>
#include <cctype>

namespace sluice::dialects::ollama {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

void LineSplitter::feed(std::string_view bytes, LineSink& sink) {
  while (!bytes.empty()) {
    const std::size_t end_of_line = bytes.find('\n');
    const std::string_view head = bytes.substr(0, end_of_line);
    if (end_of_line == bytes.npos) return keep(head);
    bytes.remove_prefix(end_of_line + 1);
    if (x_line.empty() && !x_oversized && head.size() <= x_most) {
      if (const std::string_view text = trimmed(head); !text.empty()) sink.line(text);
      continue;
    }
    keep(head);
    end(sink);
  }
}

void LineSplitter::finish(LineSink& sink) { end(sink); }

void LineSplitter::keep(std::string_view piece) {
  if (x_line.size() + piece.size() > x_most) x_oversized = true;
  if (x_oversized) x_line.clear();
  else x_line.append(piece);
}

void LineSplitter::end(LineSink& sink) {
  if (x_oversized) sink.oversized();
  else if (const std::string_view text = trimmed(x_line); !text.empty()) sink.line(text);
  x_line.clear();
  x_oversized = false;
}

bool is_chunk_size(std::string_view line) {
  return !line.empty() && line.size() <= 8 &&
         std::all_of(line.begin(), line.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::string_view without_chunk_sizes(std::string_view body) {
  std::string_view text = trimmed(body);
  if (text.starts_with('{')) return text.ends_with('}') ? text : trimmed(text.substr(0, text.rfind('}') + 1));
  const std::size_t first = text.find('\n');
  if (first == text.npos || !is_chunk_size(trimmed(text.substr(0, first)))) return text;
  text.remove_prefix(first + 1);
  return trimmed(text.substr(0, text.rfind('}') + 1));
}

}  // namespace sluice::dialects::ollama
