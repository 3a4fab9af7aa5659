// By what authority a provider without a key is asked, from what is written and what the environment says.
#pragma once
#include <string>

#include "config/drafts.hpp"

namespace sluice::config {

void google_access(ProviderDraft&, Findings&);
// The project a credential file names; empty: none.
std::string google_project(const Secret& account);

void aws_access(ProviderDraft&, std::string sts_url, Findings&);

// False: neither the file nor the environment says anything of an identity.
bool entra_access(ProviderDraft&, Findings&);

}  // namespace sluice::config
