// Attempts, one after the other, until one target has begun to answer: the only place that decides to try again.
#pragma once
#include "gateway/exchange.hpp"

namespace sluice::gateway {

struct Worker;

// Answers the caller through ex.reply, with an answer or with the most useful of the failures, and settles.
net::Task<> dispatch(Exchange& ex, Worker& worker);

}  // namespace sluice::gateway
