#include "dialects/cohere/carried.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "sluice/base/text.hpp"
#include "sluice/dialects/proof.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

constexpr std::string_view mark = "|sluice|";

void append_field(std::string& out, std::string_view kind, std::string_view id, llm::Maker maker, std::string_view signature) {
  out += out.ends_with('|') ? "" : "|";
  out.append(kind).append(":").append(percent_encoded(id)).append(":");
  out += percent_encoded(write_proof(maker, signature, llm::Maker::unknown));
}

void read_field(std::string_view field, Unpacked& into) {
  const std::size_t first = field.find(':'), second = first == field.npos ? first : field.find(':', first + 1);
  if (second == field.npos || field.empty()) return;
  const std::string_view kind = field.substr(0, first);
  Proof proof = read_proof(percent_decoded(field.substr(second + 1)), llm::Maker::unknown);
  if (kind == "c") {
    into.signature = std::move(proof.signature);
    into.maker = proof.maker;
    return;
  }
  Unpacked::Thought thought;
  if (kind.starts_with('t')) std::from_chars(kind.data() + 1, kind.data() + kind.size(), thought.size);
  else if (kind != "r") return;
  thought.thinking.id = percent_decoded(field.substr(first + 1, second - first - 1));
  thought.thinking.redacted = kind == "r";
  thought.thinking.signature = std::move(proof.signature);
  thought.thinking.maker = proof.maker;
  into.before.push_back(std::move(thought));
}

}  // namespace

std::string pack_id(std::string_view id, const std::vector<llm::Thinking>& before, std::string_view signature, llm::Maker maker) {
  std::string fields(mark);
  for (const llm::Thinking& thought : before) {
    if (thought.signature.empty()) continue;
    const std::string kind = thought.redacted ? "r" : "t" + std::to_string(thought.text.size());
    append_field(fields, kind, thought.id, thought.maker, thought.signature);
  }
  if (!signature.empty()) append_field(fields, "c", "", maker, signature);
  std::string out(id);
  if (fields.size() > mark.size()) out += fields;
  return out;
}

Unpacked unpack_id(std::string_view packed) {
  Unpacked out;
  const std::size_t at = packed.find(mark);
  out.id = packed.substr(0, at);
  if (at == packed.npos) return out;
  std::string_view fields = packed.substr(at + mark.size());
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find('|'), fields.size());
    read_field(fields.substr(0, end), out);
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  return out;
}

namespace {

// How many bytes of the text no proof belongs to; nothing: the proofs do not fit the text, which did not come back whole.
std::optional<std::size_t> unproven(std::string_view text, const std::vector<Unpacked>& calls) {
  std::size_t left = text.size();
  for (const Unpacked& call : calls) {
    for (const auto& thought : call.before) {
      if (thought.size > left) return std::nullopt;
      left -= thought.size;
    }
  }
  std::size_t at = left;
  for (const Unpacked& call : calls) {
    for (const auto& thought : call.before) {
      if (!json::valid_utf8(text.substr(at, thought.size))) return std::nullopt;
      at += thought.size;
    }
  }
  if (!json::valid_utf8(text.substr(0, left))) return std::nullopt;
  return left;
}

}  // namespace

void restore_thoughts(std::string_view text, std::vector<Unpacked>& calls, std::vector<llm::ToolCall>&& bare, std::vector<llm::Part>& into) {
  const auto plain = unproven(text, calls);
  const std::size_t size = plain.value_or(text.size());
  if (size > 0) into.emplace_back(llm::Thinking{std::string(text.substr(0, size)), {}});
  text.remove_prefix(size);
  for (std::size_t i = 0; i < bare.size(); ++i) {
    for (auto& thought : calls[i].before) {
      if (thought.size > 0 && !plain) continue;
      thought.thinking.text = text.substr(0, thought.size);
      text.remove_prefix(thought.size);
      into.emplace_back(std::move(thought.thinking));
    }
    into.emplace_back(std::move(bare[i]));
  }
}

}  // namespace sluice::dialects::cohere
