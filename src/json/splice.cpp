#include "sluice/json/splice.hpp"

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::json {

std::string splice(std::string_view text, std::size_t begin, std::size_t end, std::string_view with) {
  std::string out;
  out.reserve(text.size() - (end - begin) + with.size());
  out.append(text.substr(0, begin)).append(with).append(text.substr(end));
  return out;
}

std::optional<std::string> set_member(std::string_view object, std::string_view key, std::string_view raw_value) {
  std::string_view last, found;
  const bool whole = each_member(object, [&](std::string_view name, std::string_view value) {
    if (name == key && found.empty()) found = value;
    last = value;
  });
  if (!whole) return std::nullopt;
  const auto place = [&](const char* at) { return static_cast<std::size_t>(at - object.data()); };
  if (!found.empty()) return splice(object, place(found.data()), place(found.data() + found.size()), raw_value);
  std::string added = last.empty() ? "" : ",";
  append_quoted(added, key);
  added.append(":").append(raw_value);
  const std::size_t at = last.empty() ? object.find('{') + 1 : place(last.data() + last.size());
  return splice(object, at, at, added);
}

}  // namespace sluice::json
