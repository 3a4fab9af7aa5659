#include "config/written.hpp"

#include <nlohmann/json.hpp>

#include "config/scalars.hpp"

namespace sluice::config {
namespace {

using Json = nlohmann::ordered_json;

Json scalar_json(const Node& node) {
  if (node.quoted || (!looks_like_number(node.text) && !parse_bool(node.text))) return node.text;
  const auto flag = parse_bool(node.text);
  if (flag) return *flag;
  auto number = Json::parse(node.text, nullptr, false);
  return number.is_number() ? number : Json(node.text);
}

Json value_json(const Node& node, const std::string& path, std::string_view name, const Findings& findings) {
  if (findings.concealed(path) || name == "headers" || name == "proxy") return "[secret]";
  Json out;
  switch (node.kind) {
    case Node::Kind::null: break;
    case Node::Kind::scalar: return scalar_json(node);
    case Node::Kind::list:
      out = Json::array();
      for (std::size_t i = 0; i < node.items.size(); ++i)
        out.push_back(value_json(*node.items[i], path + "[" + std::to_string(i) + "]", {}, findings));
      break;
    case Node::Kind::map:
      out = Json::object();
      for (const auto& entry : node.entries)
        out[entry.key] = value_json(*entry.value, path.empty() ? entry.key : path + "." + entry.key, entry.key, findings);
      break;
  }
  return out;
}

}  // namespace

std::string written_json(const Node& root, const Findings& findings) {
  if (root.kind != Node::Kind::map) return "{}";
  return value_json(root, {}, {}, findings).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::config
