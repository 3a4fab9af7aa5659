// What an attempt shows to its provider where no key of the operator's does: a token or a signature, of a grant that the
// worker keeps and renews (credentials/source.hpp).
#pragma once
#include <string>
#include <string_view>

#include "gateway/exchange.hpp"
#include "sluice/credentials/source.hpp"

namespace sluice::gateway {

struct Worker;

// The grant to be shown, in `grant`; waits for one if there is none. Code::cancelled: the caller left meanwhile.
net::Task<Result<>> obtain_grant(Exchange& ex, Worker& worker, const Credential& key, credentials::GrantPtr& grant);

// After the provider has refused `grant`: another one in its place, if it is worth while to ask for it.
net::Task<Result<>> replace_grant(Exchange& ex, Worker& worker, const Credential& key, credentials::GrantPtr& grant);

// The header lines that show it for one request, with those that the API always wants.
std::string authority_lines(const Exchange& ex, const Upstream& upstream, const Credential& key, const credentials::Grant& grant,
                            const providers::Call& call, std::string_view body);

}  // namespace sluice::gateway
