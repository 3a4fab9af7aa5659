#include "dialects/cohere/logprobs.hpp"

#include <charconv>

#include "dialects/object_writer.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::cohere {
namespace {

double number_of(std::string_view raw) {
  double value = 0;
  std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return value;
}

// The number's own digits where there is one only.
std::string sum_of(std::string_view list) {
  double sum = 0;
  std::string_view single;
  int count = 0;
  json::each_element(list, [&](std::string_view value) {
    sum += number_of(value);
    single = value;
    ++count;
  });
  if (count == 1) return std::string(single);
  std::string out;
  append_number(out, sum);
  return out;
}

void append_piece(std::string_view raw, std::string& list) {
  std::string_view text, probabilities;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "text") text = value;
    else if (key == "logprobs") probabilities = value;
  });
  if (json::kind_of(text) != json::Kind::string || json::kind_of(probabilities) != json::Kind::array) return;
  ObjectWriter token;
  token.raw("token", text);
  token.raw("logprob", sum_of(probabilities));
  token.raw("bytes", "null");
  token.raw("top_logprobs", "[]");
  next_element(list) += token.take();
}

std::string written(std::string_view token) {
  std::string_view text = "\"\"", probability = "0";
  json::each_member(token, [&](std::string_view key, std::string_view value) {
    if (key == "token") text = value;
    else if (key == "logprob") probability = value;
  });
  ObjectWriter piece;
  piece.raw("text", text);
  piece.raw("token_ids", "[]");
  piece.raw("logprobs", "[" + std::string(probability) + "]");
  return piece.take();
}

}  // namespace

std::string read_logprobs(std::string_view raw) {
  std::string list;
  if (raw.starts_with('[')) json::each_element(raw, [&](std::string_view piece) { append_piece(piece, list); });
  else append_piece(raw, list);
  return list.empty() ? list : "{\"content\":[" + list + "]}";
}

std::string write_logprobs(std::string_view neutral) {
  std::string list;
  const auto content = json::find(neutral, "content");
  if (content) json::each_element(*content, [&](std::string_view token) { next_element(list) += written(token); });
  return list.empty() ? list : "[" + list + "]";
}

std::string write_logprob(std::string_view neutral) {
  std::string out;
  const auto content = json::find(neutral, "content");
  if (content) json::each_element(*content, [&](std::string_view token) { out = written(token); return false; });
  return out;
}

}  // namespace sluice::dialects::cohere
