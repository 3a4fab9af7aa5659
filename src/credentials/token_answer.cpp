#include "credentials/token_answer.hpp"

#include <algorithm>
#include <charconv>

#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::credentials {
namespace {

constexpr std::size_t longest_words = 300;
constexpr std::int64_t longest_life = 366 * 86'400;

std::string text_of(std::string_view object, std::string_view name) {
  const auto raw = json::find(object, name);
  return raw ? json::unquoted(*raw).value_or(std::string()) : std::string();
}

// Azure's metadata server writes its numbers as strings.
std::optional<std::int64_t> number_of(std::string_view object, std::string_view name) {
  const auto raw = json::find(object, name);
  if (!raw) return std::nullopt;
  const std::string text = json::unquoted(*raw).value_or(std::string(*raw));
  std::int64_t number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

bool good_token(std::string_view token) {
  return !token.empty() && token.size() <= 64 << 10 && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_object(std::string_view text) { return json::kind_of(text) == json::Kind::object && !json::validate(text); }

}  // namespace

std::string tame(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.size() >= longest_words) return out + "...";
    const bool visible = c > ' ' && c < '\x7f';
    if (visible) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string refusal_words(const Reply& reply) {
  std::string words = std::to_string(reply.status);
  if (!is_object(reply.body)) return words;
  std::string code = text_of(reply.body, "error"), description = text_of(reply.body, "error_description");
  // Google's API errors, which some of its token services give: {"error": {"status", "message"}}.
  const auto inner = json::find(reply.body, "error");
  if (code.empty() && inner) {
    code = text_of(*inner, "status");
    description = text_of(*inner, "message");
  }
  if (!code.empty()) words += " " + tame(code);
  if (!description.empty()) words += ": " + tame(description);
  return words;
}

Result<Grant> read_token(const Reply& reply, std::int64_t now) {
  if (reply.status != 200) return Error(Code::upstream_failed, "answered " + refusal_words(reply));
  if (!is_object(reply.body)) return Error(Code::upstream_failed, "answered with what is no JSON object");
  const std::string token = text_of(reply.body, "access_token");
  if (!good_token(token)) return Error(Code::upstream_failed, "answered without a usable access_token");
  Grant grant;
  // App Service says expires_on (Unix seconds) alone. A life that is not told is taken for the usual hour.
  const auto lasts = number_of(reply.body, "expires_in");
  const auto until = number_of(reply.body, "expires_on");
  const std::int64_t life = std::clamp<std::int64_t>(lasts ? *lasts : until && *until > now ? *until - now : until ? 0 : 3600, 0, longest_life);
  grant.expires = now + life;
  grant.header_lines = "Authorization: Bearer " + token + "\r\n";
  grant.secret = Secret(token);
  return grant;
}

}  // namespace sluice::credentials
