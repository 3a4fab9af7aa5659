#include "play.hpp"

#include <algorithm>
#include <cstdio>

#include "sluice/dialects/dialect.hpp"

namespace sluice::providers::simulated {
namespace {

constexpr std::size_t longest_piece = 12;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t piece_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_space(text[size])) ++size;
  while (size < text.size() && !is_space(text[size]) && size < longest_piece) ++size;
  while (size < text.size() && continues_character(text[size])) ++size;
  return size;
}

}  // namespace

Script whole(std::string body, int status) {
  Script script;
  script.status = status;
  script.content_type = "application/json";
  script.pieces.push_back({std::chrono::milliseconds(0), std::move(body)});
  return script;
}

Script refusal(const Error& error) {
  return whole(dialects::caller_dialect(llm::Dialect::openai).write_error(error), dialects::http_status(error.code()));
}

void StreamScript::add(std::chrono::milliseconds wait, std::string_view event) {
  constexpr std::size_t enough = 16 << 10;
  auto& pieces = x_script.pieces;
  if (wait.count() > 0 || pieces.empty() || pieces.back().bytes.size() > enough) pieces.push_back({wait, {}});
  pieces.back().bytes.append(event);
}

Script StreamScript::finish() && {
  x_script.content_type = "text/event-stream; charset=utf-8";
  return std::move(x_script);
}

std::string make_id(std::string_view prefix, std::uint64_t count) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "sim%021llx", static_cast<unsigned long long>(count));
  return std::string(prefix) + digits;
}

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t size = piece_size(text);
    pieces.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return pieces;
}

std::int64_t token_count(std::string_view text) {
  std::int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(piece_size(text));
  return count;
}

Limited limit(std::string_view text, const std::vector<std::string>& stop, std::optional<std::int64_t> most) {
  std::size_t end = text.size();
  for (const std::string& sequence : stop) {
    if (!sequence.empty()) end = std::min(end, text.find(sequence));
  }
  text = text.substr(0, end);
  if (!most) return {std::string(text), false};
  std::string_view rest = text;
  for (std::int64_t i = 0; i < *most && !rest.empty(); ++i) rest.remove_prefix(piece_size(rest));
  return {std::string(text.substr(0, text.size() - rest.size())), !rest.empty()};
}

}  // namespace sluice::providers::simulated
