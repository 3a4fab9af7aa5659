// What is said when the gateway has started: where it listens, what it will do, and a request that works.
#pragma once
#include <string>

#include "sluice/config/config.hpp"

namespace sluice::app {

// Several lines for a person, ended by a newline. `open`: no virtual key exists.
std::string banner(const config::Config& config, std::uint16_t port, bool open);

}  // namespace sluice::app
