// What a request asks for, as its dialect and the form of its body have it: the model, whether a stream.
#pragma once
#include "gateway/exchange.hpp"

namespace sluice::gateway {

// Refuses what llm::read_facts() refuses, and forms that cannot be read. A deployment in the path (Azure's form) is put
// into the body.
Result<llm::RequestFacts> read_facts(Exchange& ex);

}  // namespace sluice::gateway
