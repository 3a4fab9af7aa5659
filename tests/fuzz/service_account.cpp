// Whatever Google's credential files and a token service's answers hold: no crash, no header line that could be split,
// no words that show a control character.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "credentials/google_account.hpp"
#include "credentials/token_answer.hpp"

namespace {

using namespace sluice;

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}
void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto account = credentials::read_google_account(text);
  if (account) {
    const auto form = credentials::token_request(*account, 1'800'000'000);
    if (form) require(visible(*form));
    else require(visible(form.error().message()));
  } else {
    require(visible(account.error().message()));
  }
  for (const int status : {200, 400}) {
    const auto grant = credentials::read_token({status, std::string(text)}, 1'800'000'000);
    if (!grant) {
      require(visible(grant.error().message()));
      continue;
    }
    require(grant->expires >= 1'800'000'000 && grant->header_lines.ends_with("\r\n"));
    require(visible(std::string_view(grant->header_lines).substr(0, grant->header_lines.size() - 2)));
  }
  return 0;
}
