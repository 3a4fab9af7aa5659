// A refusal by a limit, as its caller reads it. Pure.
#pragma once
#include "gateway/govern.hpp"

namespace sluice::gateway {

Denied denied(const governance::Refusal& refusal);

}  // namespace sluice::gateway
