#include "credentials/aws_profile.hpp"

#include <algorithm>

#include "credentials/token_answer.hpp"
#include "sluice/base/text.hpp"

namespace sluice::credentials {
namespace {

constexpr std::size_t longest_chain = 5;

// The name a section's line gives to a profile; empty: it is none. The config file has "[profile name]" for all but the
// default one, the credentials file the bare name.
std::string_view profile_of(std::string_view line, bool config_file) {
  const std::size_t end = line.find(']');
  if (end == line.npos) return {};
  std::string_view name = trim(line.substr(1, end - 1));
  if (!config_file || name == "default") return name;
  constexpr std::string_view prefix = "profile";
  if (!name.starts_with(prefix) || name.size() == prefix.size()) return {};
  const char after = name[prefix.size()];
  if (after != ' ' && after != '\t') return {};
  return trim(name.substr(prefix.size()));
}

void set(AwsProfile& profile, std::string_view key, std::string_view value) {
  if (iequals(key, "aws_access_key_id")) profile.access_key_id = value;
  else if (iequals(key, "aws_secret_access_key")) profile.secret_access_key = Secret(std::string(value));
  else if (iequals(key, "aws_session_token")) profile.session_token = Secret(std::string(value));
  else if (iequals(key, "role_arn")) profile.role_arn = value;
  else if (iequals(key, "role_session_name")) profile.role_session_name = value;
  else if (iequals(key, "external_id")) profile.external_id = value;
  else if (iequals(key, "source_profile")) profile.source_profile = value;
  else if (iequals(key, "web_identity_token_file")) profile.web_identity_token_file = value;
  else if (iequals(key, "credential_source")) profile.credential_source = value;
  else if (iequals(key, "credential_process") || iequals(key, "sso_session") || iequals(key, "sso_start_url") || iequals(key, "login_session"))
    profile.not_supported = key;
}

void read_file(std::string_view text, bool config_file, std::string_view wanted, AwsProfile& profile) {
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    // An indented line continues the setting above it: none that is read here has several lines.
    const bool nested = line.starts_with(' ') || line.starts_with('\t');
    line = trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && !nested) {
      inside = profile_of(line, config_file) == wanted && !wanted.empty();
      profile.found = profile.found || inside;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!inside || nested || equals == line.npos) continue;
    std::string_view value = trim(line.substr(equals + 1));
    const std::size_t comment = std::min(value.find(" #"), value.find(" ;"));
    set(profile, trim(line.substr(0, equals)), trim(value.substr(0, comment)));
  }
}

Error no_route(std::string_view profile, std::string why) {
  return {Code::upstream_failed, "the AWS profile " + tame(profile) + " " + std::move(why)};
}

providers::AwsCredentials keys_of(const AwsProfile& profile) {
  return {profile.access_key_id, profile.secret_access_key, profile.session_token};
}

// Where the keys begin with which the profile's role is assumed; false: at another profile.
Result<bool> start_of(std::string_view name, const AwsProfile& profile, AwsRoute& route) {
  if (!profile.web_identity_token_file.empty()) {
    route.start = AwsRoute::Start::web_identity;
    route.web_identity_token_file = profile.web_identity_token_file;
    return true;
  }
  const std::string& source = profile.credential_source;
  if (source == "Ec2InstanceMetadata") route.start = AwsRoute::Start::metadata;
  else if (source == "EcsContainer") route.start = AwsRoute::Start::container;
  else if (source == "Environment") route.start = AwsRoute::Start::environment;
  else if (!source.empty()) return no_route(name, "has a credential_source that is not known");
  return !source.empty();
}

Error no_keys(std::string_view name, const AwsProfile& profile) {
  if (!profile.not_supported.empty()) return no_route(name, "gets its keys by " + profile.not_supported + ", which is not supported");
  return no_route(name, "has no keys");
}

}  // namespace

AwsProfile find_profile(std::string_view name, std::string_view credentials_file, std::string_view config_file) {
  AwsProfile profile;
  read_file(config_file, true, name, profile);
  const AwsProfile from_config = profile;
  profile.access_key_id.clear();
  profile.secret_access_key = profile.session_token = Secret();
  read_file(credentials_file, false, name, profile);
  // Keys belong together: one file's id with the other's secret would be nobody's.
  if (!profile.has_keys()) {
    profile.access_key_id = from_config.access_key_id;
    profile.secret_access_key = from_config.secret_access_key;
    profile.session_token = from_config.session_token;
  }
  return profile;
}

Result<AwsRoute> route_of(std::string_view first, std::string_view credentials_file, std::string_view config_file) {
  AwsRoute route;
  std::string name(first);
  const auto found = [&route] {
    std::reverse(route.roles.begin(), route.roles.end());
    return route;
  };
  for (std::size_t hop = 0; hop < longest_chain; ++hop) {
    const AwsProfile profile = find_profile(name, credentials_file, config_file);
    if (!profile.found) return no_route(name, "is not in the shared files");
    // A source's own keys are meant, even if it has a role too; a role with its own profile as the source likewise.
    const bool own_source = profile.source_profile == name;
    if (!profile.role_arn.empty() && !(hop > 0 && profile.has_keys())) {
      route.roles.push_back({profile.role_arn, profile.role_session_name, profile.external_id});
      auto started = start_of(name, profile, route);
      if (!started) return std::move(started).error();
      if (*started) return found();
      if (profile.source_profile.empty()) return no_route(name, "has a role_arn without a source for its keys");
      if (!own_source) {
        name = profile.source_profile;
        continue;
      }
    }
    if (!profile.has_keys()) return no_keys(name, profile);
    route.keys = keys_of(profile);
    return found();
  }
  return no_route(first, "leads through too many profiles");
}

}  // namespace sluice::credentials
