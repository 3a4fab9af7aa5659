// Anthropic's messages API as a provider: callers of OpenAI's chat API are translated, callers of Anthropic's own are
// forwarded. Facts about the API are from Anthropic's documentation (Messages, Streaming, Errors) unless said
// otherwise, and from the recorded answers in tests/traffic.
#pragma once
#include <memory>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// Immutable, without state: one may serve any number of configuration entries and threads.
std::shared_ptr<const Provider> make_anthropic();

}  // namespace sluice::providers
