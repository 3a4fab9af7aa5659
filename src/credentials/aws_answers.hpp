// What AWS's services for temporary keys answer: STS (XML), and the endpoints of machines and containers (JSON). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "credentials/ask.hpp"
#include "sluice/base/result.hpp"
#include "sluice/credentials/grant.hpp"

namespace sluice::credentials {

// AssumeRole and AssumeRoleWithWebIdentity. A refusal becomes an error with STS's code and message.
Result<Grant> read_assumed_role(const Reply&);

// The body of an EC2 instance's or a container's endpoint: {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}.
Result<Grant> read_machine_keys(const Reply&);

// Keys that do not expire, or that a file may replace at any time: `expires` says until when they are not looked at anew.
Result<Grant> grant_of(providers::AwsCredentials keys, std::int64_t expires);

}  // namespace sluice::credentials
