// The shared files of the AWS command line and SDKs: profiles with keys or with roles to assume. Pure.
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/providers/sigv4.hpp"

namespace sluice::credentials {

struct AwsProfile {
  std::string access_key_id;
  Secret secret_access_key, session_token;
  std::string role_arn, role_session_name, external_id, source_profile, web_identity_token_file;
  std::string credential_source;   // "Ec2InstanceMetadata", "EcsContainer", "Environment"
  std::string not_supported;       // a setting by which it gets its keys and that we do not follow; empty: none
  bool found = false;

  bool has_keys() const { return !access_key_id.empty() && !secret_access_key.empty(); }
};

// The profile as both files together have it; where both say something the credentials file counts. Either may be empty.
// Lines that cannot be read are passed over, as the SDKs do.
AwsProfile find_profile(std::string_view name, std::string_view credentials_file, std::string_view config_file);

// How a profile's keys come about: `keys`, from a profile or a source, with which each role is assumed in turn, the
// last one's keys being the profile's.
struct AwsRoute {
  enum class Start : unsigned char { keys, container, metadata, environment, web_identity } start = Start::keys;
  providers::AwsCredentials keys;                 // start == keys
  std::string web_identity_token_file;            // start == web_identity: the first of `roles` is assumed with it
  struct Role { std::string arn, session_name, external_id; };
  std::vector<Role> roles;
};

// Fails for a profile that is not there, has nothing that gives keys, or leads in a circle; the message names profiles
// and settings, never values of keys.
Result<AwsRoute> route_of(std::string_view profile, std::string_view credentials_file, std::string_view config_file);

}  // namespace sluice::credentials
