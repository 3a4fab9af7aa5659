// Gets what a provider is shown, from the place its configuration names. Each runs to its end on the worker that asked,
// bounded by the deadlines of its requests; errors are the rest of a sentence about the source.
#pragma once
#include <cstdint>

#include "credentials/ask.hpp"
#include "sluice/base/result.hpp"
#include "sluice/config/cloud.hpp"
#include "sluice/credentials/grant.hpp"

namespace sluice::credentials {

// How token services are reached: as the provider itself is, but for the machine's own, which no proxy can reach.
struct Reach {
  http::ClientPool& pool;
  std::string proxy, ca_file;
};

net::Task<Result<Grant>> fetch_google(Reach reach, const config::GoogleAccess& access, std::int64_t now);
net::Task<Result<Grant>> fetch_entra(Reach reach, const config::EntraAccess& access, std::int64_t now);
net::Task<Result<Grant>> fetch_aws(Reach reach, const config::AwsAccess& access, std::int64_t now);

// A question to a service out there, with the proxy and the certificates of the provider.
Result<Question> question_to(const Reach& reach, std::string_view url);
// One to the machine or the container this runs in: answered at once or not at all.
Result<Question> question_to_machine(std::string_view url);
inline constexpr std::string_view form_line = "Content-Type: application/x-www-form-urlencoded\r\n";

}  // namespace sluice::credentials
