#include "app/table.hpp"

#include <algorithm>

namespace sluice::app {
namespace {

// Bytes of the well-formed character at `at` (Unicode 15, table 3-7: no surrogates, no overlong forms); zero: none.
std::size_t character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead >= 0x20 && lead < 0x7F) return 1;
  if (lead == 0xC2) return follows(1, 0xA0) ? 2 : 0;   // C1 control characters are not printable
  if (lead >= 0xC3 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF)
    return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4)
    return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto size = character(text, at);
    if (size == 0) out += '?';
    else out.append(text.substr(at, size));
    at += std::max<std::size_t>(size, 1);
  }
  return out;
}

std::size_t width(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string fitted(std::string_view text, std::size_t columns, bool right) {
  auto out = printable(text);
  const auto wide = width(out);
  if (wide <= columns) return right ? std::string(columns - wide, ' ') + out : out + std::string(columns - wide, ' ');
  std::size_t end = 0;
  for (std::size_t seen = 0; seen + 1 < columns; ++seen) end += character(out, end);
  return out.substr(0, end) + "…";
}

void Table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  x_rows.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(x_rows[0].size());
  for (const auto& row : x_rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::string out;
  for (const auto& row : x_rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) out += fitted(row[i], widths[i]) + "  ";
    out += row.back() + "\n";
  }
  return out;
}

}  // namespace sluice::app
