#include "http/target_form.hpp"

#include <algorithm>
#include <array>

#include "http/ascii.hpp"

namespace sluice::http {
namespace {

constexpr std::array<bool, 256> authority_bytes = [] {
  std::array<bool, 256> out{};
  for (unsigned c = '0'; c <= '9'; ++c) out[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) out[c] = out[c ^ 0x20u] = true;
  for (char c : std::string_view("-._~!$&'()*+;=%:[]")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();

}  // namespace

bool is_authority(std::string_view value) {
  for (char c : value)
    if (!authority_bytes[static_cast<unsigned char>(c)]) return false;
  return true;
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
