#include "admin/openapi.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"

namespace sluice::admin {
namespace {

Json ref(std::string_view name) { return {{"$ref", "#/components/schemas/" + std::string(name)}}; }

Json content(std::string_view schema) { return {{"application/json", {{"schema", ref(schema)}}}}; }

Json parameter_json(const Parameter& parameter) {
  Json schema{{"type", parameter.type == "date-time" ? "string" : std::string(parameter.type)}};
  if (parameter.type == "date-time") schema["format"] = "date-time";
  if (parameter.name == "limit") schema["minimum"] = 1, schema["maximum"] = 1000;
  const bool needed = parameter.text.ends_with("Needed.");
  return {{"name", parameter.name}, {"in", "query"}, {"required", needed}, {"description", parameter.text}, {"schema", schema}};
}

Json failure(std::string_view text) { return {{"description", text}, {"content", content("Error")}}; }

Json responses(const Route& route) {
  Json out = Json::object();
  Json good{{"description", route.status == 201 ? "Made." : route.status == 204 ? "Removed." : "Done."}};
  if (route.path == "/admin/openapi.json") good["content"] = {{"application/json", {{"schema", {{"type", "object"}}}}}};
  else if (!route.gives.empty()) good["content"] = content(route.gives);
  out[std::to_string(route.status)] = good;
  out["400"] = failure("The request cannot be used; the message says why, one problem a line.");
  if (route.roles == anyone) return out;
  out["401"] = failure("No admin token, or an unknown one.");
  out["403"] = failure("The token's role may not do this.");
  if (route.path.find('{') != route.path.npos) out["404"] = failure("There is no such thing, or not for this token.");
  if (route.changes || route.path.ends_with("/reload")) out["409"] = failure("It is declared in the configuration file, exists already, or is in use.");
  return out;
}

std::string roles_text(std::uint8_t roles) {
  std::string text;
  const std::pair<Role, const char*> names[] = {{Role::admin, "admin"}, {viewer, "viewer"}, {team, "team"}};
  for (const auto& [role, name] : names)
    if ((roles & role) != 0) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// "/admin/keys/{id}/rotate" and POST: "post_keys_id_rotate".
std::string operation_id(const Route& route) {
  std::string id(boost::beast::http::to_string(route.method));
  std::transform(id.begin(), id.end(), id.begin(), to_lower);
  for (const char c : route.path.substr(std::string_view("/admin").size())) {
    if (c == '/') id += '_';
    else if (c == '.') id += '_';
    else if (c != '{' && c != '}') id += c;
  }
  return id;
}

Json operation(const Route& route) {
  Json out{{"operationId", operation_id(route)}, {"summary", route.text}};
  if (route.roles == anyone) out["security"] = Json::array();
  else out["description"] = "Roles: " + roles_text(route.roles) + ".";
  Json parameters = Json::array();
  if (route.path.find("{id}") != route.path.npos)
    parameters.push_back({{"name", "id"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  for (const Parameter& parameter : route.parameters) parameters.push_back(parameter_json(parameter));
  if (!parameters.empty()) out["parameters"] = parameters;
  if (route.takes == "Yaml") out["requestBody"] = {{"required", true}, {"content", {{"application/yaml", {{"schema", {{"type", "string"}}}}}}}};
  else if (!route.takes.empty()) out["requestBody"] = {{"required", route.takes != "RotateRequest"}, {"content", content(route.takes)}};
  out["responses"] = responses(route);
  return out;
}

}  // namespace

Json openapi() {
  Json out{{"openapi", "3.1.0"}};
  out["info"] = {{"title", "Sluice administration"},
                 {"version", "1"},
                 {"description", "Customers, teams, tags, virtual keys, overrides, prices, spend, logs and the configuration of a Sluice gateway. What the "
                                 "configuration file declares is read here and changed there (409 declared_in_configuration); what is made here is kept in "
                                 "the store. Money is in US dollars."}};
  out["security"] = Json::array({{{"admin_token", Json::array()}}});
  Json paths = Json::object();
  for (const Route* route : all_routes()) {
    std::string method(boost::beast::http::to_string(route->method));
    std::transform(method.begin(), method.end(), method.begin(), to_lower);
    paths[std::string(route->path)][method] = operation(*route);
  }
  out["paths"] = std::move(paths);
  out["components"] = {{"securitySchemes", {{"admin_token", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", schemas()}};
  return out;
}

std::string openapi_json() { return openapi().dump(); }

}  // namespace sluice::admin
