#include "gateway/key_page.hpp"

#include <nlohmann/json.hpp>

#include "gateway/govern.hpp"
#include "sluice/base/time.hpp"
#include "sluice/gateway/standing_json.hpp"

namespace sluice::gateway {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

Result<std::string> key_page(const Exchange& ex, const governance::Book& book) {
  if (ex.key == nullptr) {
    return Error(Code::not_found, "This gateway has no virtual keys, so there is none to tell about.").named("no_virtual_keys");
  }
  const auth::Key& key = *ex.key;
  const KeyTerms& terms = *ex.terms;
  Json page{{"object", "key"}, {"id", key.id}, {"account", key.account}};
  page["team"] = text_or_null(key.team);
  page["customer"] = text_or_null(terms.customer);
  page["models"] = key.models;
  page["endpoints"] = terms.endpoints;
  page["tags"] = terms.tags;
  page["expires_at"] = key.expires_at ? Json(format_rfc3339(*key.expires_at)) : Json();
  page["limits"] = Json::array();
  governance::Chain scopes = scopes_of_caller(ex);
  for (const std::string& tag : terms.tags) {
    if (governance::Scope* scope = ex.snapshot->tag(tag)) scopes.push_back(scope);
  }
  for (const auto& standing : book.standings(std::span(scopes.data(), scopes.size()), governance::Moment::now())) page["limits"].push_back(to_json(standing));
  return page.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::gateway
