#include "dialects/openai/call_ids.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t longest = 40;   // OpenAI: "Expected a string with maximum length 40"

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// So many letters and digits, always the same for the same id.
std::string digest(std::string_view id, std::size_t length) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string out;
  std::uint64_t hash = 14695981039346656037ull;
  for (std::uint64_t round = 0; out.size() < length; ++round) {
    hash ^= round;
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    std::uint64_t rest = hash;
    for (int i = 0; i < 10 && out.size() < length; ++i, rest /= digits.size()) out += digits[rest % digits.size()];
  }
  return out;
}

}  // namespace

std::string CallIds::fitted(std::string_view id) const {
  const auto length = static_cast<std::size_t>(std::clamp<std::int64_t>(x_length, 0, 64));
  if (length > 0) {
    const bool fits = id.size() == length && std::all_of(id.begin(), id.end(), is_plain);
    return fits ? std::string(id) : digest(id, length);
  }
  return id.size() <= longest ? std::string(id) : "call_" + digest(id, 24);
}

std::string CallIds::call(std::string_view id) {
  if (!id.empty()) return fitted(id);
  std::string made = "call_";
  append_integer(made, ++x_made);
  return x_waiting.emplace_back(fitted(made));
}

std::string CallIds::result(std::string_view id) {
  if (!id.empty() || x_waiting.empty()) return fitted(id.empty() ? std::string_view("call_0") : id);
  std::string next = std::move(x_waiting.front());
  x_waiting.pop_front();
  return next;
}

}  // namespace sluice::dialects::openai
