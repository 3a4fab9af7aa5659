// Reads a tree by tables of keys. A table names every key a mapping may have, what it holds and what reads it; the same
// tables make docs/configuration.md. One thread, for the length of one load.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/tree.hpp"
#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/config/load.hpp"

namespace sluice::config {

// What a load has found so far: problems, warnings, where each value stands.
class Findings {
 public:
  Findings(std::string file, std::filesystem::path directory, const Environment& environment)
      : x_file(std::move(file)), x_directory(std::move(directory)), x_environment(environment) {}

  const Environment& environment() const { return x_environment; }
  const std::filesystem::path& directory() const { return x_directory; }

  void place(const std::string& path, Mark mark) { x_places.try_emplace(path, mark); }
  void problem(const std::string& path, Mark, std::string message);
  void warning(const std::string& path, Mark, std::string message);
  // At where `path` stands, or the nearest thing around it that was written. At most one problem for a path.
  void problem(const std::string& path, std::string message);
  void warning(const std::string& path, std::string message);
  bool written(const std::string& path) const { return x_places.contains(path); }
  void note_broken(const std::string& path) { x_broken.insert(path); }   // told elsewhere
  // A problem at this path, or at something in it, is known already.
  bool broken(const std::string& path) const;
  // The value there is never shown.
  void conceal(const std::string& path) { x_concealed.insert(path); }
  bool concealed(const std::string& path) const { return x_concealed.contains(path); }
  void uses_file(std::filesystem::path file) { x_files.push_back(std::move(file)); }

  // Sorted by place.
  std::vector<Problem> take_problems();
  std::vector<Problem> take_warnings();
  std::vector<std::filesystem::path> take_files() { return std::move(x_files); }

 private:
  Mark where(std::string path) const;

  std::string x_file;
  std::filesystem::path x_directory;
  const Environment& x_environment;
  std::vector<Problem> x_problems, x_warnings;
  std::vector<std::filesystem::path> x_files;
  std::unordered_map<std::string, Mark> x_places;
  std::set<std::string> x_broken, x_concealed;
};

enum class Shape : std::uint8_t { scalar, list, map };

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view type, fallback, text;  // for people
  bool required = false;
  bool in_force = true;  // false: a warning says that it does nothing in this version
  bool secret = false;   // its value is never shown
  // Of a restriction: what to do where it is written and says nothing. Taken as absent it would let through what it was
  // written to keep out. Empty: nothing is restricted by it.
  std::string_view when_empty = {};

  constexpr Key restricting(std::string_view instead) const {
    Key restriction = *this;
    restriction.when_empty = instead;
    return restriction;
  }
};

// A value being read, with where it stands.
struct Value {
  Findings& findings;
  const Node& node;
  std::string path;
  const Key& key;

  // A problem at this value: `complaint` and what was written, unless that may be secret.
  void refuse(const std::string& complaint) const;
  void refuse_unshown(const std::string& message) const { findings.problem(path, node.mark, message); }
  void warn(const std::string& message) const { findings.warning(path, node.mark, message); }

  // The scalar with environment and files resolved; nothing after a problem. `quoted_too`: quotes are fine.
  std::optional<std::string> scalar(bool quoted_too) const;
  // The same for what must be text: not a plain number or boolean, not empty.
  std::optional<std::string> text() const;
  // The list's values, empty ones refused.
  std::vector<Value> items() const;
};

template <class T>
struct Field {
  Key key;
  void (*read)(const Value&, T& out);
};

// The keys of one mapping, for the reference.
struct Section {
  std::string_view path, text;
  std::vector<Key> keys;
};
template <class T>
Section describe(std::string_view path, std::string_view text, std::span<const Field<T>> fields) {
  Section section{path, text, {}};
  for (const auto& field : fields) section.keys.push_back(field.key);
  return section;
}

struct Match {
  std::size_t key;
  Value value;
};

// Which key each entry of a mapping is. Reports entries that are none, are given twice, have the wrong shape, are not in
// force; and keys that are missing. A misspelt key is read as what it was meant to be, so that one slip is one problem.
std::vector<Match> match_keys(const Value& map, std::span<const Key* const> keys);

template <class T>
std::vector<const Key*> keys_of(std::span<const Field<T>> fields) {
  std::vector<const Key*> keys;
  for (const auto& field : fields) keys.push_back(&field.key);
  return keys;
}

template <class T>
void read_fields(const Value& map, std::span<const Field<T>> fields, T& out) {
  const auto keys = keys_of(fields);
  for (const Match& match : match_keys(map, keys)) fields[match.key].read(match.value, out);
}

// Every item of a list of mappings; one that is broken still takes its place, so that positions stay true.
template <class T>
void read_list(const Value& list, std::span<const Field<T>> fields, std::vector<T>& out) {
  for (const Value& item : list.items()) read_fields(item, fields, out.emplace_back());
}

template <class T, class Out>
void read_parsed(const Value& value, Result<T> (*parse)(std::string_view), Out& out, bool quoted_too) {
  const auto text = value.scalar(quoted_too);
  if (!text) return;
  auto parsed = parse(*text);
  if (parsed) out = *std::move(parsed);
  else value.refuse(parsed.error().message());
}
// Numbers and booleans are written plain; spans, sizes, times and addresses with or without quotes.
template <class T, class Out>
void read_plain(const Value& value, Result<T> (*parse)(std::string_view), Out& out) {
  read_parsed(value, parse, out, false);
}
template <class T, class Out>
void read_any(const Value& value, Result<T> (*parse)(std::string_view), Out& out) {
  read_parsed(value, parse, out, true);
}

void read_text(const Value&, std::string& out);
// Letters, digits and ._- (no slash), and what `also` has; at most 128; neither `.` nor `..`.
bool is_identifier(std::string_view text, std::string_view also = {});
void read_identifier(const Value&, std::string& out, std::string_view also = {});
void read_secret(const Value&, std::size_t at_least, Secret& out);  // visible ASCII
void read_patterns(const Value&, std::vector<std::string>& out);    // model names with '*'
void read_model(const Value&, std::string& out);
void read_count(const Value&, std::uint32_t least, std::uint32_t most, std::uint32_t& out);
void read_duration(const Value&, Milliseconds& out);  // 1 ms to 1 d
// One of the words; out is its index. Returns false after a problem.
std::optional<std::size_t> read_word(const Value&, std::span<const std::string_view> words);

// The text as it may be shown in a message: control characters replaced, cut at 60 bytes.
std::string shown(std::string_view);

}  // namespace sluice::config
