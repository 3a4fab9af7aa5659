#include "config/tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

namespace sluice::config {
namespace {

std::shared_ptr<const Node> empty_document() {
  auto node = std::make_shared<Node>();
  node->mark = {1, 1};
  return node;
}

Mark from_yaml(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Turns yaml-cpp's events into nodes; refuses by throwing what yaml-cpp itself throws.
class TreeBuilder final : public YAML::EventHandler {
 public:
  std::shared_ptr<const Node> root() const { return x_root; }

  // Where the innermost list or mapping that has not ended began; line 0: none.
  // The last quoted text; line 0: there was none.
  Mark last_quoted() const { return x_last_quoted; }
  Mark unended() const { return x_open.empty() ? Mark{} : x_open.back().node->mark; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, Node{}); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    Node node;
    node.kind = Node::Kind::scalar;
    node.quoted = tag == "!";
    if (node.quoted) x_last_quoted = from_yaml(mark);
    node.text = value;
    leaf(mark, anchor, std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = x_anchors.find(anchor);
    if (found == x_anchors.end()) throw YAML::ParserException(mark, "this alias refers to what it is part of");
    add(mark, found->second);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::shared_ptr<Node> node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::optional<Node::Entry> entry;  // of a map: a key whose value has not come
  };

  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") throw YAML::ParserException(mark, "YAML tags are not used here");
  }
  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    node.mark = from_yaml(mark);
    auto made = std::make_shared<const Node>(std::move(node));
    if (anchor != 0) x_anchors[anchor] = made;
    add(mark, std::move(made));
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_tag(mark, tag);
    if (x_open.size() >= max_depth) throw YAML::ParserException(mark, "nested too deeply");
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->mark = from_yaml(mark);
    x_open.push_back({std::move(node), mark, anchor, std::nullopt});
  }
  void close() {
    Open done = std::move(x_open.back());
    x_open.pop_back();
    std::shared_ptr<const Node> node = std::move(done.node);
    if (done.anchor != 0) x_anchors[done.anchor] = node;
    add(done.mark, std::move(node));
  }
  void add(const YAML::Mark& mark, std::shared_ptr<const Node> node) {
    if (x_open.empty()) {
      x_root = std::move(node);
      return;
    }
    Open& in = x_open.back();
    if (in.node->kind == Node::Kind::map && !in.entry) {
      if (node->kind != Node::Kind::scalar) throw YAML::ParserException(mark, "a key must be text");
      in.entry = Node::Entry{node->text, from_yaml(mark), nullptr};
      return;
    }
    in.node->size += node->size;
    if (in.node->size > max_nodes) throw YAML::ParserException(mark, "too many values, counting what aliases repeat");
    if (in.node->kind == Node::Kind::list) {
      in.node->items.push_back(std::move(node));
      return;
    }
    in.entry->value = std::move(node);
    in.node->entries.push_back(std::move(*in.entry));
    in.entry.reset();
  }

  Mark x_last_quoted;
  std::vector<Open> x_open;
  std::map<YAML::anchor_t, std::shared_ptr<const Node>> x_anchors;
  std::shared_ptr<const Node> x_root = empty_document();
};

// Length of the UTF-8 sequence at the front; 0: none is there. Overlong forms, surrogates and what is beyond U+10FFFF
// are none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool fits = !(first == 0xe0 && byte(1) < 0xa0) && !(first == 0xed && byte(1) > 0x9f);
    return fits && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool fits = !(first == 0xf0 && byte(1) < 0x90) && !(first == 0xf4 && byte(1) > 0x8f);
    return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// yaml-cpp replaces bad bytes silently, so they are looked for here.
std::optional<Tree> bad_text(std::string_view yaml) {
  Mark mark{1, 1};
  for (std::size_t at = 0; at < yaml.size();) {
    const std::size_t length = utf8_length(yaml.substr(at));
    if (length == 0) return Tree{nullptr, mark, "this is not UTF-8 text"};
    const auto byte = static_cast<unsigned char>(yaml[at]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f)
      return Tree{nullptr, mark, "control characters are not allowed"};
    at += length;
    mark.column += static_cast<int>(length);
    if (byte == '\n') mark = {mark.line + 1, 1};
  }
  return std::nullopt;
}

// yaml-cpp takes the end of the file for the end of a quoted text. Only the last scalar can be one that was never closed:
// it has swallowed everything behind it.
bool is_closed(std::string_view yaml, Mark mark) {
  std::size_t at = 0;
  for (int line = 1; line < mark.line && at != yaml.npos; ++line) {
    at = yaml.find('\n', at);
    if (at != yaml.npos) ++at;
  }
  if (at == yaml.npos) return true;
  at += static_cast<std::size_t>(mark.column - 1);
  const char quote = at < yaml.size() ? yaml[at] : '\0';
  if (quote != '"' && quote != '\'') return true;   // an anchor stands before it
  for (++at; at < yaml.size(); ++at) {
    if (quote == '"' && yaml[at] == '\\') ++at;
    else if (quote == '\'' && yaml.substr(at, 2) == "''") ++at;
    else if (yaml[at] == quote) return true;
  }
  return false;
}

// Where a tab stands before the first text of that line. yaml-cpp says of such lines what it expected instead of the tab.
std::optional<Mark> tab_before_text(std::string_view yaml, int line) {
  std::size_t begin = 0;
  for (int at = 1; at < line; ++at) {
    const std::size_t end = yaml.find('\n', begin);
    if (end == yaml.npos) return std::nullopt;
    begin = end + 1;
  }
  const std::size_t tab = yaml.find_first_not_of(" -", begin);
  if (tab == yaml.npos || yaml[tab] != '\t') return std::nullopt;
  return Mark{line, static_cast<int>(tab - begin) + 1};
}

class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // a get area is only read
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

Tree parse_tree(std::string_view yaml) {
  if (yaml.size() > max_file_size) return {nullptr, {}, "larger than 4 MiB"};
  if (yaml.starts_with("\xef\xbb\xbf")) yaml.remove_prefix(3);
  if (auto bad = bad_text(yaml)) return *bad;
  TreeBuilder tree, second;
  try {
    ViewBuffer buffer(yaml);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(tree);
    if (parser.HandleNextDocument(second))
      return {nullptr, second.root()->mark, "a second YAML document: only one is read"};
    const Mark quoted = tree.last_quoted();
    if (quoted.line > 0 && !is_closed(yaml, quoted)) return {nullptr, quoted, "this quote is never closed"};
    return {tree.root(), {1, 1}, {}};
  } catch (const YAML::Exception& refused) {
    if (const auto tab = tab_before_text(yaml, refused.mark.line + 1))
      return {nullptr, *tab, "YAML does not allow tabs for indentation: use spaces"};
    std::string message = refused.msg;
    const Mark began = tree.unended();
    if (message.starts_with("end of ") && began.line > 0)
      message.append(", it began at " + std::to_string(began.line) + ":" + std::to_string(began.column));
    return {nullptr, from_yaml(refused.mark), std::move(message)};
  }
}

}  // namespace sluice::config
