#include "http/target_form.hpp"

#include <algorithm>

#include "http/ascii.hpp"

namespace sluice::http {

bool is_authority(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c != '\0' && std::string_view("-._~!$&'()*+;=%:[]").find(c) != std::string_view::npos;
  });
}

bool to_origin_form(RequestHead& head) {
  const std::string_view target = head.target;
  if (target.find('#') != std::string_view::npos) return false;
  if (head.method == Verb::connect) return false;
  if (target.front() == '/') return true;
  if (target == "*") return head.method == Verb::options;
  std::size_t scheme = 0;
  if (same_word(target.substr(0, 7), "http://")) scheme = 7;
  else if (same_word(target.substr(0, 8), "https://")) scheme = 8;
  else return false;
  const std::size_t authority_end = std::min(target.find_first_of("/?", scheme), target.size());
  const std::string_view authority = target.substr(scheme, authority_end - scheme);
  if (authority.empty() || !is_authority(authority)) return false;
  if (head.fields.has(FieldName::host) && !same_word(authority, head.fields.get(FieldName::host))) return false;
  std::string path(target.substr(authority_end));
  if (path.empty() || path.front() == '?') path.insert(path.begin(), '/');
  head.target = std::move(path);
  return true;
}

}  // namespace sluice::http
