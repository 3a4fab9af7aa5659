// A YAML document as a tree that remembers where everything stands. Built from yaml-cpp's events rather than its nodes,
// which keep neither duplicate keys nor the difference between "5" and 5, and expand aliases without limit.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

struct Mark {
  int line = 0, column = 0;
};  // from 1

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  bool quoted = false;  // scalar in quotes or as a block: text, whatever it looks like
  bool literal = false; // stands for itself: nothing is taken from the environment or from files
  Mark mark;
  std::string text;  // scalar
  std::vector<std::shared_ptr<const Node>> items;
  std::vector<Entry> entries;  // in the order of the file, duplicates included
  std::size_t size = 1;        // nodes in it with aliases expanded
};
struct Node::Entry {
  std::string key;
  Mark mark;
  std::shared_ptr<const Node> value;
};

inline constexpr std::size_t max_file_size = 4 << 20;
inline constexpr std::size_t max_nodes = 100'000;  // aliases expanded
inline constexpr std::size_t max_depth = 32;

struct Tree {
  std::shared_ptr<const Node> root;  // null node for an empty document; none: see `message`
  Mark mark;
  std::string message;  // why there is no tree
};
Tree parse_tree(std::string_view yaml);

}  // namespace sluice::config
