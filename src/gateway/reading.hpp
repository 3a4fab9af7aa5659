// What can be read of the gateway itself: its models, its health, its counters. No upstream is asked.
#pragma once
#include <string>

#include "gateway/exchange.hpp"

namespace sluice::gateway {

struct Worker;

// Answers every endpoint that is not inference.
net::Task<> answer_reading(Exchange& ex, Worker& worker);

// GET /v1/models: {"object":"list","data":[…]}. What the key may ask for: every pinned model and every listed name that
// is no pattern.
std::string models_body(const Exchange& ex);

}  // namespace sluice::gateway
