// Whatever the shared files and the answers of AWS's services hold, reading them ends, in keys that may stand in a
// header or in words that may stand in a log.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "credentials/aws_answers.hpp"
#include "credentials/aws_profile.hpp"

namespace {

using namespace sluice;

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}
void require(bool holds) {
  if (!holds) std::abort();
}
void check(const Result<credentials::Grant>& grant) {
  if (!grant) return require(!grant.error().message().empty() && visible(grant.error().message()));
  require(grant->aws.has_value() && visible(grant->aws->access_key) && visible(grant->aws->session_token.reveal()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, size / 2), second = text.substr(size / 2);
  for (const std::string_view name : {std::string_view("default"), std::string_view("work"), text.substr(0, 8)}) {
    const auto route = credentials::route_of(name, first, second);
    if (!route) require(!route.error().message().empty() && visible(route.error().message()));
    else require(route->start != credentials::AwsRoute::Start::keys || !route->keys.access_key.empty());
  }
  for (const int status : {200, 400}) {
    check(credentials::read_assumed_role({status, std::string(text)}));
    check(credentials::read_machine_keys({status, std::string(text)}));
  }
  return 0;
}
