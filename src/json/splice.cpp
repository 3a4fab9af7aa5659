#include "sluice/json/splice.hpp"

#include <vector>

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

std::optional<std::string> remove_member(std::string_view object, std::string_view key) {
  struct Member { std::size_t begin, end; bool goes; };
  std::vector<Member> members;
  const auto place = [&](const char* at) { return static_cast<std::size_t>(at - object.data()); };
  const bool whole = each_member(object, [&](std::string_view name, std::string_view value) {
    members.push_back({place(name.data()) - 1, place(value.data() + value.size()), name == key});
  });
  if (!whole) return std::nullopt;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].goes) continue;
    std::size_t after = i;   // behind those that go together
    while (after < members.size() && members[after].goes) ++after;
    // With the comma behind them, or the one before them if nothing follows.
    const bool follows = after < members.size();
    const std::size_t begin = follows || i == 0 ? members[i].begin : members[i - 1].end;
    out.append(object.substr(copied, begin - copied));
    copied = follows ? members[after].begin : members[after - 1].end;
    i = after;
  }
  if (copied == 0) return std::nullopt;
  out.append(object.substr(copied));
  return out;
}

std::optional<std::string> with_plain_keys(std::string_view text) {
  if (text.find("\\u00") == text.npos) return std::nullopt;
  std::string out;
  std::size_t kept = 0;   // of text, in out
  for (std::size_t at = text.find('"'); at != text.npos; at = text.find('"', at)) {
    const std::size_t begin = at;
    for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
    if (at >= text.size()) return std::nullopt;
    const std::string_view raw = text.substr(begin, ++at - begin);
    const std::size_t next = text.find_first_not_of(" \n\r\t", at);
    const bool key = next != text.npos && text[next] == ':';   // what else is a string before a colon
    if (!key || raw.find("\\u00") == raw.npos) continue;
    const auto name = unquoted(raw);
    if (!name) return std::nullopt;
    out.append(text.substr(kept, begin - kept));
    append_quoted(out, *name);
    kept = at;
  }
  if (kept == 0) return std::nullopt;
  return out.append(text.substr(kept));
}

}  // namespace sluice::json
