#include "credentials/aws_answers.hpp"

#include <algorithm>

#include "credentials/token_answer.hpp"
#include "sluice/base/time.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::credentials {
namespace {

Error failed(std::string why) { return {Code::upstream_failed, std::move(why)}; }

// What stands between <name> and </name>, the first such; STS writes neither attributes nor nested ones of a name.
std::string_view element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">", close = "</" + name + ">";
  const std::size_t begin = xml.find(open);
  if (begin == xml.npos) return {};
  const std::size_t end = xml.find(close, begin + open.size());
  if (end == xml.npos) return {};
  return xml.substr(begin + open.size(), end - begin - open.size());
}

std::string without_entities(std::string_view text) {
  struct Entity { std::string_view name; char stands_for; };
  static constexpr Entity entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
  std::string out;
  while (!text.empty()) {
    const auto* const found = std::find_if(std::begin(entities), std::end(entities), [&](const Entity& e) { return text.starts_with(e.name); });
    out += found == std::end(entities) ? text.front() : found->stands_for;
    text.remove_prefix(found == std::end(entities) ? 1 : found->name.size());
  }
  return out;
}

std::string text_of(std::string_view object, std::string_view name) {
  const auto raw = json::find(object, name);
  return raw ? json::unquoted(*raw).value_or(std::string()) : std::string();
}

bool visible(std::string_view text) {
  return text.size() <= 16 << 10 && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<Grant> temporary(providers::AwsCredentials keys, const std::string& expiration) {
  const auto expires = parse_rfc3339(expiration);
  if (!expires) return failed("answered with keys without an Expiration");
  return grant_of(std::move(keys), *expires);
}

}  // namespace

Result<Grant> grant_of(providers::AwsCredentials keys, std::int64_t expires) {
  const bool good = !keys.access_key.empty() && !keys.secret.empty() && visible(keys.access_key) && visible(keys.secret.reveal()) &&
                    visible(keys.session_token.reveal());
  if (!good) return failed("gave no usable keys");
  Grant grant;
  grant.secret = keys.secret;
  grant.aws = std::move(keys);
  grant.expires = expires;
  return grant;
}

Result<Grant> read_assumed_role(const Reply& reply) {
  if (reply.status != 200) {
    const std::string_view error = element(reply.body, "Error");
    std::string words = std::to_string(reply.status);
    const std::string code = without_entities(element(error, "Code")), message = without_entities(element(error, "Message"));
    if (!code.empty()) words += " " + tame(code);
    if (!message.empty()) words += ": " + tame(message);
    return failed("answered " + words);
  }
  const std::string_view keys = element(reply.body, "Credentials");
  return temporary({without_entities(element(keys, "AccessKeyId")), Secret(without_entities(element(keys, "SecretAccessKey"))),
                    Secret(without_entities(element(keys, "SessionToken")))},
                   std::string(element(keys, "Expiration")));
}

Result<Grant> read_machine_keys(const Reply& reply) {
  const bool object = json::kind_of(reply.body) == json::Kind::object && !json::validate(reply.body);
  const std::string code = object ? text_of(reply.body, object && reply.status == 200 ? "Code" : "code") : std::string();
  if (reply.status != 200) return failed("answered " + std::to_string(reply.status) + (code.empty() ? "" : " " + tame(code)));
  if (!object) return failed("answered with what is no JSON object");
  // EC2 says in the body whether it went well ("Success"); containers do not.
  if (!code.empty() && code != "Success") return failed("answered " + tame(code));
  return temporary({text_of(reply.body, "AccessKeyId"), Secret(text_of(reply.body, "SecretAccessKey")), Secret(text_of(reply.body, "Token"))},
                   text_of(reply.body, "Expiration"));
}

}  // namespace sluice::credentials
