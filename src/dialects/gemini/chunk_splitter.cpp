#include "dialects/gemini/chunk_splitter.hpp"

namespace sluice::dialects::gemini {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

void ChunkSplitter::feed(std::string_view bytes, ChunkSink& sink) {
  x_sink = &sink;
  while (!bytes.empty() && x_form != Form::broken) {
    if (x_form == Form::unknown) begin(bytes);
    else if (x_form == Form::events) break;
    else if (x_depth > 0) element(bytes);
    else between(bytes);
  }
  if (x_form == Form::events && !bytes.empty()) x_events.feed(bytes, *this);
  x_sink = nullptr;
}

void ChunkSplitter::finish(ChunkSink& sink) {
  if (x_form != Form::events) return;
  x_sink = &sink;
  x_events.feed("\n\n", *this);
  x_sink = nullptr;
}

// A byte order mark and white space may stand before either framing.
void ChunkSplitter::begin(std::string_view& bytes) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  while (!bytes.empty()) {
    const char c = bytes.front();
    if (x_mark < mark.size() && c == mark[x_mark]) {
      ++x_mark;
    } else if (!is_space(c)) {
      if (c == '[') x_form = Form::array;
      else if (c == '{') x_form = Form::object;
      else x_form = Form::events;
      if (c == '[') bytes.remove_prefix(1);
      return;
    }
    bytes.remove_prefix(1);
  }
}

void ChunkSplitter::between(std::string_view& bytes) {
  const char c = bytes.front();
  if (c == '{' && x_form != Form::done) {
    element(bytes);
    return;
  }
  bytes.remove_prefix(1);
  if (is_space(c) || (c == ',' && x_form == Form::array)) return;
  if (c == ']' && x_form == Form::array) x_form = Form::done;
  else break_off();
}

void ChunkSplitter::element(std::string_view& bytes) {
  const std::size_t end = end_of_element(bytes);
  if (end == bytes.npos) {
    keep(bytes);
    bytes = {};
    return;
  }
  const std::string_view piece = bytes.substr(0, end);
  bytes.remove_prefix(end);
  if (x_form == Form::object) x_form = Form::done;
  if (x_element.empty() && !x_too_long && piece.size() <= x_most) {
    x_sink->chunk(piece);
    return;
  }
  keep(piece);
  if (x_too_long) x_sink->too_long();
  else x_sink->chunk(x_element);
  x_element.clear();
  x_too_long = false;
}

std::size_t ChunkSplitter::end_of_element(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (x_in_string) {
      if (x_escaped) x_escaped = false;
      else if (c == '\\') x_escaped = true;
      else if (c == '"') x_in_string = false;
    } else if (c == '"') {
      x_in_string = true;
    } else if (c == '{' || c == '[') {
      ++x_depth;
    } else if (c == '}' || c == ']') {
      if (--x_depth == 0) return i + 1;
    }
  }
  return bytes.npos;
}

void ChunkSplitter::keep(std::string_view piece) {
  if (x_too_long || x_element.size() + piece.size() > x_most) {
    x_too_long = true;
    std::string().swap(x_element);
    return;
  }
  x_element.append(piece);
}

void ChunkSplitter::break_off() {
  x_form = Form::broken;
  x_sink->no_stream();
}

}  // namespace sluice::dialects::gemini
