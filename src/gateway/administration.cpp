#include "sluice/gateway/administration.hpp"

#include <utility>

#include "sluice/base/text.hpp"

namespace sluice::gateway {
namespace {

// The page was served under the name that it now calls.
bool from_a_page_of_ours(const http::Fields& fields) {
  const std::string_view origin = fields.get("origin"), host = fields.get(http::FieldName::host);
  const std::size_t scheme = origin.find("://");
  return scheme != origin.npos && !host.empty() && iequals(origin.substr(scheme + 3), host);
}

}  // namespace

AdminRequest admin_request(http::Request& request) {
  const http::Fields& fields = request.head.fields;
  AdminRequest out;
  out.method = request.head.method;
  out.path = request.head.path();
  out.query = request.head.query();
  out.authorization = fields.get(http::FieldName::authorization);
  out.body = std::move(request.body);
  out.peer = request.peer;
  out.foreign_page = from_a_foreign_page(fields) && !from_a_page_of_ours(fields);
  return out;
}

bool from_a_foreign_page(const http::Fields& fields) {
  std::string_view origin = fields.get("origin");
  if (origin.empty()) return iequals(fields.get("sec-fetch-site"), "cross-site");
  std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return true;   // "null": a sandboxed page or a file
  std::string_view host = origin.substr(scheme + 3);
  if (host.starts_with("[::1]")) return false;
  host = host.substr(0, host.find(':'));
  return !iequals(host, "localhost") && host != "127.0.0.1";
}

}  // namespace sluice::gateway
