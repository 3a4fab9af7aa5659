// What finishing a provider needs for every type: the environment, and what counts as a credential.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "config/drafts.hpp"
#include "sluice/config/provider_types.hpp"

namespace sluice::config {

// A variable that is set to nothing counts as not set: shells and compose files make such.
std::optional<std::string> variable(const Findings&, std::string_view name);

// The header by which an operator sends the credential themselves; empty: none.
std::string credential_header(const Provider&);

// The keys that are written, or the first of these variables that is set. True: there is a credential of some kind, or a
// problem was found with one.
bool take_keys(ProviderDraft&, std::initializer_list<std::string_view> variables, Findings&);

void finish_proxy(ProviderDraft&, Findings&);

// True: the type is a cloud's, and everything about it is done.
bool finish_cloud(ProviderDraft&, const ProviderType&, Findings&);

}  // namespace sluice::config
