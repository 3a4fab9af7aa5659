// quirks:, auth_header: and operations: of a provider that speaks OpenAI's dialect
#include <algorithm>

#include "config/addresses.hpp"
#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

using presets::QuirkField;
using presets::QuirkSetting;
using presets::QuirkValue;

// A member's name as it stands in a request; dots lead into members.
bool member_name(std::string_view text) {
  return text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

std::optional<std::string> read_name(const Value& v) {
  auto text = v.text();
  if (text && !member_name(*text)) {
    v.refuse("must be the name of a member");
    return std::nullopt;
  }
  return text;
}

std::optional<QuirkValue> read_flag(const Value& v) {
  std::optional<bool> flag;
  read_plain(v, parse_bool, flag);
  return flag ? std::optional<QuirkValue>(*flag) : std::nullopt;
}

std::optional<QuirkValue> read_number(const Value& v) {
  constexpr std::uint32_t most = 256;
  std::uint32_t count = most + 1;   // stays so if it is refused
  read_count(v, 0, most, count);
  return count <= most ? std::optional<QuirkValue>(static_cast<std::int64_t>(count)) : std::nullopt;
}

std::optional<QuirkValue> read_member(const Value& v, const QuirkField& field) {
  if (field.words.empty()) {
    auto name = read_name(v);
    if (!name) return std::nullopt;
    return *name == "none" ? std::string() : *std::move(name);
  }
  std::vector<std::string_view> words(field.words.begin(), field.words.end());
  words.push_back("none");
  const auto index = read_word(v, words);
  if (!index) return std::nullopt;
  return words[*index] == "none" ? std::string() : std::string(words[*index]);
}

std::optional<QuirkValue> read_names(const Value& v) {
  presets::Words names;
  for (const Value& item : v.items())
    if (auto name = read_name(item)) names.push_back(*std::move(name));
  return names;
}

std::optional<QuirkValue> read_renames(const Value& v) {
  presets::Renames renames;
  for (const auto& entry : v.node.entries) {
    const Value to{v.findings, *entry.value, v.path + "." + shown(entry.key), v.key};
    auto name = read_name(to);
    if (!member_name(entry.key) || entry.key.empty()) v.findings.problem(to.path, entry.mark, "is not the name of a member");
    else if (name) renames.emplace_back(entry.key, *std::move(name));
  }
  return renames;
}

// Alternatives of QuirkMember.
namespace kind {
constexpr std::size_t flag = 0, number = 1, text = 2, names = 3, renames = 4;
}

std::optional<QuirkValue> read_value(const Value& v, const QuirkField& field) {
  switch (field.member.index()) {
    case kind::flag: return read_flag(v);
    case kind::number: return read_number(v);
    case kind::text: return read_member(v, field);
    case kind::names: return read_names(v);
    default: return read_renames(v);
  }
}

// What a field's default is, for the reference.
std::string_view default_of(const QuirkField& field) {
  static const dialects::Quirks plain;
  struct Shown {
    std::string_view operator()(bool dialects::Quirks::* m) const { return plain.*m ? "true" : "false"; }
    std::string_view operator()(std::int64_t dialects::Quirks::*) const { return "0"; }
    std::string_view operator()(std::string dialects::Quirks::* m) const { return (plain.*m).empty() ? std::string_view("none") : plain.*m; }
    std::string_view operator()(presets::Words dialects::Quirks::*) const { return "[]"; }
    std::string_view operator()(presets::Renames dialects::Quirks::*) const { return "{}"; }
  };
  return std::visit(Shown{}, field.member);
}

Key key_of(const QuirkField& field) {
  const std::size_t index = field.member.index();
  const Shape shape = index == kind::names ? Shape::list : index == kind::renames ? Shape::map : Shape::scalar;
  constexpr std::string_view types[] = {"true or false", "a whole number", "a member's name or none", "a list of names", "old names and new ones"};
  return {field.name, shape, types[index], default_of(field), field.text};
}

// The keys of `quirks:`, and last the one for some models only.
const std::vector<Key>& quirk_keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> made;
    for (const QuirkField& field : presets::quirk_fields()) made.push_back(key_of(field));
    made.push_back({"models", Shape::map, "model patterns and quirks", "none",
                    "Quirks of some models only, put over the others; the first pattern that fits counts."});
    return made;
  }();
  return keys;
}

// Reads what is set; the value of `models`, where it may be and is given, is handed back.
std::optional<Value> read_settings(const Value& v, bool with_models, std::vector<QuirkSetting>& out) {
  std::vector<const Key*> keys;
  for (const Key& key : quirk_keys()) keys.push_back(&key);
  if (!with_models) keys.pop_back();
  std::optional<Value> models;
  const auto fields = presets::quirk_fields();
  for (const Match& match : match_keys(v, keys)) {
    if (match.key == fields.size()) {
      models.emplace(match.value);
      continue;
    }
    auto value = read_value(match.value, fields[match.key]);
    if (value) out.push_back({&fields[match.key], *std::move(value)});
  }
  return models;
}

bool pattern_text(std::string_view text) {
  return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

// "Name" or "Name: Scheme".
bool key_header(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (!header_name(text.substr(0, colon))) return false;
  if (colon == text.npos) return true;
  const std::string_view scheme = text.substr(colon + 1);
  return scheme.size() > 1 && scheme.front() == ' ' && header_value(scheme.substr(1));
}

}  // namespace

void read_quirks(const Value& v, presets::QuirkRules& out) {
  const auto models = read_settings(v, true, out.all);
  if (!models) return;
  std::vector<std::string> seen;
  for (const auto& entry : models->node.entries) {
    const Value one{v.findings, *entry.value, models->path + "." + shown(entry.key), models->key};
    v.findings.place(one.path, entry.value->mark);
    if (!pattern_text(entry.key)) v.findings.problem(one.path, entry.mark, "is not a pattern of model names");
    else if (std::find(seen.begin(), seen.end(), entry.key) != seen.end()) v.findings.problem(one.path, entry.mark, "stands there twice");
    else if (entry.value->kind != Node::Kind::map) one.refuse_unshown("must be a mapping of quirks");
    else read_settings(one, false, out.models.emplace_back(presets::QuirkRules::ForModels{entry.key, {}}).settings);
    seen.push_back(entry.key);
  }
}

void read_auth_header(const Value& v, std::string& out) {
  auto text = v.text();
  if (!text) return;
  const std::string name = lower(std::string_view(*text).substr(0, text->find(':')));
  if (!key_header(*text)) v.refuse("must be a header's name, or a name, a colon, a space and what stands before the key");
  else if (name == "host" || name == "content-length" || name == "transfer-encoding" || name == "connection" || name == "content-type")
    v.refuse("is a header that the gateway itself sets");
  else out = *std::move(text);
}

void read_operations(const Value& v, std::optional<presets::Offer>& out) {
  presets::Offer offer;
  const auto items = v.items();
  if (items.empty()) v.refuse_unshown("must not be an empty list");
  for (const Value& item : items) {
    const auto index = read_word(item, presets::offer_names());
    if (index) offer.add(presets::offer_names()[*index]);
  }
  if (!offer.empty()) out = offer;
}

void describe_quirks(std::vector<Section>& out) {
  out.push_back({"providers[].quirks",
                 "Of services that speak OpenAI's dialect. A setting takes the place of what the type's preset has. None of "
                 "them touches what an OpenAI caller sends: that is passed on as it is.",
                 quirk_keys()});
}

}  // namespace sluice::config
