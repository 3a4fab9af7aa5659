#include "dialects/anthropic/call_ids.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"

namespace sluice::dialects::anthropic {
namespace {

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

const std::string& CallIds::call(std::string_view id) {
  std::string ours(id.empty() ? std::string_view("call") : id);
  std::replace_if(ours.begin(), ours.end(), [](char c) { return !allowed(c); }, '_');
  const auto [known, is_new] = x_used.try_emplace(ours, 1);
  if (!is_new) {
    const std::string& stem = known->first;   // a map's elements stay where they are, its iterators do not
    std::int64_t& number = known->second;
    do {
      ours = stem;
      ours += '_';
      append_integer(ours, ++number);
    } while (!x_used.try_emplace(ours, 1).second);
  }
  x_waiting[std::string(id)].calls.push_back(x_open.size());
  x_open.push_back({std::string(id), std::move(ours), false});
  return x_open.back().ours;
}

const std::string* CallIds::answer(std::string_view id) {
  const auto found = x_waiting.find(std::string(id));
  if (found == x_waiting.end()) return nullptr;
  Waiting& waiting = found->second;
  if (waiting.answered == waiting.calls.size()) return nullptr;
  Open& open = x_open[waiting.calls[waiting.answered++]];
  open.answered = true;
  return &open.ours;
}

void CallIds::next_turn() {
  x_open.clear();
  x_waiting.clear();
}

std::string CallIds::unanswered() const {
  std::string ids;
  for (const Open& open : x_open) {
    if (open.answered) continue;
    if (!ids.empty()) ids += ", ";
    ids += open.theirs;
  }
  return ids;
}

}  // namespace sluice::dialects::anthropic
