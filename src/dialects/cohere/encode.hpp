// A neutral chat request as Cohere's API (POST /v2/chat) takes it. It refuses members it does not know (422 "unknown
// field"), so nothing else is in the body.
#pragma once
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);

}  // namespace sluice::dialects::cohere
