// How a provider on a cloud gets its authority where no key of its own is written: who it is, and whom to ask for what
// shows it. Everything the environment says is in here already; addresses are URLs without a '/' at their end.
#pragma once
#include <cstdint>
#include <string>

#include "sluice/base/secret.hpp"

namespace sluice::config {

struct GoogleAccess {
  Secret account;            // JSON text of a service account's or an authorized user's file; empty: the machine's own
  std::string metadata_url;  // of the metadata server, which speaks for the machine
  friend bool operator==(const GoogleAccess&, const GoogleAccess&) = default;
};

// The first that is there, from top to bottom, gives the keys.
struct AwsAccess {
  std::string access_key_id;
  Secret secret_access_key, session_token;
  std::string web_identity_token_file;  // read anew each time: Kubernetes replaces it. With role_arn
  std::string profile;                  // of the shared files; empty: none is looked for
  bool profile_written = false;         // somebody named it: it must be there
  std::string credentials_file, config_file;
  std::string container_url;            // of ECS and EKS; empty: not in such a container
  Secret container_token;
  std::string container_token_file;
  std::string metadata_url;             // of EC2 (IMDSv2); empty: switched off
  // Assumed with the web identity's token, or with whatever keys the rest gave; empty: those keys are used as they are.
  std::string role_arn, role_session_name;
  std::string region, sts_url;
  friend bool operator==(const AwsAccess&, const AwsAccess&) = default;
};

struct EntraAccess {
  std::string tenant, client_id;        // client_id of a managed identity: which of several; empty: the only one
  Secret client_secret;
  std::string federated_token_file;     // of a workload identity, instead of the secret; read anew each time
  bool managed_identity = false;        // the machine speaks for itself: neither secret nor file
  std::string authority_url;            // "https://login.microsoftonline.com"
  std::string scope;                    // "https://cognitiveservices.azure.com/.default"
  std::string metadata_url;             // of the machine
  std::string identity_url;             // of App Service and Container Apps instead of it, with what is shown to it
  Secret identity_header;
  friend bool operator==(const EntraAccess&, const EntraAccess&) = default;
};

struct CloudAccess {
  enum class Platform : std::uint8_t { none, google, aws, entra } platform = Platform::none;
  GoogleAccess google;
  AwsAccess aws;
  EntraAccess entra;
  friend bool operator==(const CloudAccess&, const CloudAccess&) = default;
};

}  // namespace sluice::config
