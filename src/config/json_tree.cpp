#include "config/json_tree.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sluice::config {
namespace {

constexpr Mark nowhere{1, 1};

// A number without its exponent, which JSON's writers use for small ones ("1e-07"): the same digits with the point moved.
std::string without_exponent(const std::string& text) {
  const std::size_t e = text.find_first_of("eE");
  if (e == text.npos) return text;
  constexpr long most = 40;
  const long exponent = std::strtol(text.c_str() + e + 1, nullptr, 10);
  if (exponent < -most || exponent > most) return text;   // no setting is so large or small: it is complained of as it is
  const bool negative = text.front() == '-';
  std::string digits = text.substr(negative ? 1 : 0, e - (negative ? 1 : 0));
  long point = static_cast<long>(std::min(digits.find('.'), digits.size()));
  if (static_cast<std::size_t>(point) < digits.size()) digits.erase(static_cast<std::size_t>(point), 1);
  point += exponent;
  if (point <= 0) digits.insert(0, static_cast<std::size_t>(1 - point), '0'), point = 1;
  if (static_cast<std::size_t>(point) > digits.size()) digits.append(static_cast<std::size_t>(point) - digits.size(), '0');
  if (static_cast<std::size_t>(point) < digits.size()) digits.insert(static_cast<std::size_t>(point), 1, '.');
  return (negative ? "-" : "") + digits;
}

// nlohmann's events into nodes: its own tree keeps neither the text of a number nor a key that comes twice.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::shared_ptr<const Node> root;
  std::string message;

  bool null() override { return add(made(Node::Kind::null, {}, false)); }
  bool boolean(bool value) override { return add(made(Node::Kind::scalar, value ? "true" : "false", false)); }
  bool number_integer(number_integer_t value) override { return add(made(Node::Kind::scalar, std::to_string(value), false)); }
  bool number_unsigned(number_unsigned_t value) override { return add(made(Node::Kind::scalar, std::to_string(value), false)); }
  bool number_float(number_float_t, const string_t& text) override { return add(made(Node::Kind::scalar, without_exponent(text), false)); }
  bool string(string_t& value) override { return add(made(Node::Kind::scalar, std::move(value), true)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Node::Kind::map); }
  bool key(string_t& name) override {
    x_open.back().key = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Node::Kind::list); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    message = "this is not JSON (at byte " + std::to_string(at) + ")";
    return false;
  }

 private:
  struct Open { std::shared_ptr<Node> node; std::string key; };

  static std::shared_ptr<Node> made(Node::Kind kind, std::string text, bool quoted) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->mark = nowhere;
    node->text = std::move(text);
    node->quoted = quoted;
    node->literal = true;
    return node;
  }
  bool open(Node::Kind kind) {
    if (x_open.size() >= max_depth) {
      message = "nested too deeply";
      return false;
    }
    x_open.push_back({made(kind, {}, false), {}});
    return true;
  }
  bool close() {
    auto node = std::move(x_open.back().node);
    x_open.pop_back();
    return add(std::move(node));
  }
  bool add(std::shared_ptr<Node> node) {
    if (x_open.empty()) {
      root = std::move(node);
      return true;
    }
    Open& in = x_open.back();
    in.node->size += node->size;
    if (in.node->size > max_nodes) {
      message = "too many values";
      return false;
    }
    if (in.node->kind == Node::Kind::list) in.node->items.push_back(std::move(node));
    else in.node->entries.push_back({in.key, nowhere, std::move(node)});
    return true;
  }

  std::vector<Open> x_open;
};

}  // namespace

Tree parse_json_tree(std::string_view json) {
  TreeBuilder builder;
  const bool parsed = nlohmann::json::sax_parse(json.begin(), json.end(), &builder);
  if (parsed) return {builder.root, nowhere, {}};
  return {nullptr, nowhere, builder.message.empty() ? "this is not JSON" : builder.message};
}

}  // namespace sluice::config
