// Amazon Bedrock: Converse for every model, InvokeModel for embeddings. Requests are signed (SigV4), or carry one of
// Bedrock's own API keys as a bearer token.
#pragma once
#include <memory>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// Immutable, without state: one may serve any number of configuration entries and threads.
std::shared_ptr<const Provider> make_bedrock();

}  // namespace sluice::providers
