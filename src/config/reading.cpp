#include "config/reading.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "config/scalars.hpp"
#include "config/secrets.hpp"
#include "config/suggest.hpp"

namespace sluice::config {
namespace {

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::scalar: return "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a mapping";
  }
  return {};
}

bool fits(Shape shape, Node::Kind kind) {
  switch (shape) {
    case Shape::scalar: return kind == Node::Kind::scalar;
    case Shape::list: return kind == Node::Kind::list;
    case Shape::map: return kind == Node::Kind::map;
  }
  return false;
}

// JSON's null is what is not there, as everywhere in administration.
bool says_nothing(const Node& node) {
  return node.kind == Node::Kind::null ? !node.literal : node.kind == Node::Kind::list && node.items.empty();
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

// One mapping on its way from entries to matches.
class Matching final {
 public:
  Matching(const Value& map, std::span<const Key* const> keys) : x_map(map), x_keys(keys), x_given(keys.size()) {}

  std::vector<Match> run() {
    std::vector<const Node::Entry*> unknown;
    for (const auto& entry : x_map.node.entries) {
      if (repeated(entry)) continue;
      const auto key = index(entry.key);
      if (key) accept(*key, entry);
      else unknown.push_back(&entry);
    }
    for (const auto* entry : unknown) recover(*entry);
    report_missing();
    return std::move(x_matches);
  }

 private:
  bool repeated(const Node::Entry& entry) {
    const auto [first, fresh] = x_lines.try_emplace(entry.key, entry.mark.line);
    if (fresh) return false;
    x_map.findings.problem(join(x_map.path, shown(entry.key)), entry.mark,
                           "duplicate key '" + shown(entry.key) + "', first on line " + std::to_string(first->second));
    return true;
  }

  std::optional<std::size_t> index(std::string_view name) const {
    for (std::size_t i = 0; i < x_keys.size(); ++i)
      if (x_keys[i]->name == name) return i;
    return std::nullopt;
  }

  void accept(std::size_t index, const Node::Entry& entry) {
    const Key& key = *x_keys[index];
    const Node& node = *entry.value;
    Value value{x_map.findings, node, join(x_map.path, key.name), key};
    x_given[index] = true;
    x_map.findings.place(value.path, node.mark);
    if (key.secret) x_map.findings.conceal(value.path);
    if (!key.when_empty.empty() && says_nothing(node))
      return value.refuse_unshown("is empty: leave it out " + std::string(key.when_empty));
    if (!fits(key.shape, node.kind)) {
      const bool absent =
          node.kind == Node::Kind::null && key.shape != Shape::scalar && !key.required;  // "virtual_keys:" alone
      if (!absent)
        value.refuse_unshown("must be " + std::string(key.type) + ", not " + std::string(kind_name(node.kind)));
      return;
    }
    if (!key.in_force)
      x_map.findings.warning(value.path, entry.mark,
                             std::string(key.name) + " is accepted but not in force in this version");
    x_matches.push_back({index, std::move(value)});
  }

  void recover(const Node::Entry& entry) {
    std::optional<std::size_t> meant;
    std::size_t least = misspelling_limit(entry.key) + 1;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < x_keys.size(); ++i) {
      names.push_back(x_keys[i]->name);
      if (x_given[i] || !fits(x_keys[i]->shape, entry.value->kind)) continue;
      const std::size_t distance = edit_distance(entry.key, x_keys[i]->name);
      if (distance >= least) continue;
      least = distance;
      meant = i;
    }
    const auto likely =
        meant ? ", did you mean '" + std::string(x_keys[*meant]->name) + "'?" : did_you_mean(entry.key, names);
    x_map.findings.problem(join(x_map.path, shown(entry.key)), entry.mark,
                           "unknown key '" + shown(entry.key) + "'" + likely);
    if (meant) accept(*meant, entry);
    else x_unsure = true;
  }

  void report_missing() {
    if (x_unsure) return;  // the unknown key may be the missing one
    for (std::size_t i = 0; i < x_keys.size(); ++i)
      if (x_keys[i]->required && !x_given[i])
        x_map.findings.problem(join(x_map.path, x_keys[i]->name), x_map.node.mark,
                               "is missing: " + std::string(x_keys[i]->type));
  }

  const Value& x_map;
  std::span<const Key* const> x_keys;
  std::vector<bool> x_given;
  std::map<std::string, int, std::less<>> x_lines;
  std::vector<Match> x_matches;
  bool x_unsure = false;
};

bool all_of(std::string_view text, bool (*good)(char)) { return std::all_of(text.begin(), text.end(), good); }

bool visible(char c) { return c > ' ' && c < '\x7f'; }

bool identifier_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool usable_in_model(char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; }

bool check_model(const Value& value, const std::string& text, bool pattern) {
  if (text.size() > 256) value.refuse_unshown("must be at most 256 bytes");
  else if (!all_of(text, usable_in_model)) value.refuse("must not have spaces or control characters");
  else if (!pattern && text.find('*') != std::string::npos)
    value.refuse("is one model, not a pattern: use models for '*'");
  else return true;
  return false;
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 60)) out.push_back(static_cast<unsigned char>(c) < 0x20 || c == '\x7f' ? '?' : c);
  if (text.size() > 60) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0) out.pop_back();  // no half character
    out.append("...");
  }
  return out;
}

void Value::refuse(const std::string& complaint) const {
  const bool show = !key.secret && node.kind == Node::Kind::scalar;
  refuse_unshown(show ? complaint + ", not '" + shown(node.text) + "'" : complaint);
}

std::optional<std::string> Value::scalar(bool quoted_too) const {
  if (node.kind != Node::Kind::scalar) {
    refuse_unshown("must be a single value, not " + std::string(kind_name(node.kind)));
    return std::nullopt;
  }
  if (!stands_elsewhere(node.text)) {
    if (!node.quoted || quoted_too) return node.text;
    refuse_unshown("must be " + std::string(key.type) + ", not text in quotes");
    return std::nullopt;
  }
  if (node.literal) {
    refuse_unshown("must stand for itself: env.NAME, ${NAME} and file:PATH are for the configuration file");
    return std::nullopt;
  }
  auto resolved = resolve(node.text, findings.environment(), findings.directory());
  if (!resolved) {
    refuse_unshown(resolved.error().message());
    return std::nullopt;
  }
  if (!resolved->file.empty()) findings.uses_file(resolved->file);
  return std::move(resolved->value);
}

std::optional<std::string> Value::text() const {
  auto found = scalar(true);
  if (!found) return std::nullopt;
  if (!node.quoted && !stands_elsewhere(node.text) && (looks_like_number(node.text) || parse_bool(node.text))) {
    refuse_unshown("must be text: put it in quotes");
    return std::nullopt;
  }
  if (found->empty()) {
    refuse_unshown(stands_elsewhere(node.text) ? "stands for an empty value" : "must not be empty");
    return std::nullopt;
  }
  return found;
}

std::vector<Value> Value::items() const {
  std::vector<Value> found;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    Value item{findings, *node.items[i], path + "[" + std::to_string(i) + "]", key};
    findings.place(item.path, item.node.mark);
    found.push_back(std::move(item));
  }
  return found;
}

std::vector<Match> match_keys(const Value& map, std::span<const Key* const> keys) {
  if (map.node.kind == Node::Kind::map) return Matching(map, keys).run();
  map.refuse_unshown("must be a mapping of keys to values, not " + std::string(kind_name(map.node.kind)));
  return {};
}

void read_text(const Value& value, std::string& out) {
  auto text = value.text();
  if (!text) return;
  if (text->size() > 4096) value.refuse_unshown("must be at most 4096 bytes");
  else out = *std::move(text);
}

bool is_identifier(std::string_view text, std::string_view also) {
  return !text.empty() && text.size() <= 128 && text != "." && text != ".." &&   // which paths take for directories
         std::all_of(text.begin(), text.end(), [also](char c) { return identifier_character(c) || also.find(c) != also.npos; });
}

void read_identifier(const Value& value, std::string& out, std::string_view also) {
  auto text = value.text();
  if (!text) return;
  if (text->size() > 128) value.refuse_unshown("must be at most 128 characters");
  else if (*text == "." || *text == "..") value.refuse("must have more than dots: in a path that is a directory");
  else if (!is_identifier(*text, also))
    value.refuse("may only have letters, digits and . _ -" + (also.empty() ? std::string() : " " + std::string(also)));
  else out = *std::move(text);
}

void read_secret(const Value& value, std::size_t at_least, Secret& out) {
  auto text = value.text();
  if (!text) return;
  if (!all_of(*text, visible)) value.refuse_unshown("must be visible ASCII characters without spaces");
  else if (text->size() < at_least)
    value.refuse_unshown("must have at least " + std::to_string(at_least) + " characters");
  else if (text->size() > 4096) value.refuse_unshown("must be at most 4096 characters");
  else out = Secret(*std::move(text));
}

void read_model(const Value& value, std::string& out) {
  auto text = value.text();
  if (text && check_model(value, *text, false)) out = *std::move(text);
}

void read_patterns(const Value& value, std::vector<std::string>& out) {
  const auto items = value.items();
  if (items.empty()) value.refuse_unshown("must not be an empty list");
  for (const Value& item : items) {
    auto text = item.text();
    if (!text || !check_model(item, *text, true)) continue;
    if (std::find(out.begin(), out.end(), *text) != out.end()) item.refuse_unshown("is in the list twice");
    else out.push_back(*std::move(text));
  }
}

void read_count(const Value& value, std::uint32_t least, std::uint32_t most, std::uint32_t& out) {
  std::optional<std::int64_t> count;
  read_plain(value, parse_whole, count);
  if (!count) return;
  if (*count < least || *count > most)
    value.refuse("must be from " + std::to_string(least) + " to " + std::to_string(most));
  else out = static_cast<std::uint32_t>(*count);
}

void read_duration(const Value& value, Milliseconds& out) {
  std::optional<Milliseconds> duration;
  read_any(value, parse_duration, duration);
  if (!duration) return;
  if (duration->count() < 1 || *duration > std::chrono::hours(24)) value.refuse("must be from 1ms to 1d");
  else out = *duration;
}

std::optional<std::size_t> read_word(const Value& value, std::span<const std::string_view> words) {
  const auto text = value.scalar(true);
  if (!text) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const auto word : words) list.append(list.empty() ? "" : ", ").append(word);
  value.refuse_unshown("must be one of " + list + ", not '" + shown(value.node.text) + "'" +
                       did_you_mean(value.node.text, words));
  return std::nullopt;
}

}  // namespace sluice::config
