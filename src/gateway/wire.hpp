// The heads Sluice writes: towards the provider, and back to the caller. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/exchange.hpp"

namespace sluice::gateway {

// A complete request head for one attempt. Verbatim: the caller's own headers go along, but for those that are about
// the connection, about who calls, or about the caller's relation to its provider. Translated: none of them do.
// `authority` are the header lines that carry the credential.
void write_upstream_head(std::string& out, const Exchange& ex, const Upstream& upstream, std::string_view authority,
                         const providers::Call& call, std::size_t body_size);
// Method and target of that head.
std::string_view upstream_method(const Exchange& ex);
std::string upstream_target(const Exchange& ex, const Upstream& upstream, const providers::Call& call);

// Lines of the answer's head: what the provider sent (verbatim only), without what is about its connection or its own
// host, then Sluice's own.
void write_reply_lines(std::string& out, const Exchange& ex, const http::ResponseHead* provider);
// Sluice's own lines alone: x-request-id, x-sluice-*, server-timing.
void write_own_lines(std::string& out, const Exchange& ex);

}  // namespace sluice::gateway
