// What can be read of the gateway itself: its models, its health, its counters. No upstream is asked.
#pragma once
#include "gateway/exchange.hpp"

namespace sluice::gateway {

struct Worker;

// Answers every endpoint that is not inference.
net::Task<> answer_reading(Exchange& ex, Worker& worker);

}  // namespace sluice::gateway
