// OpenAI and every service that speaks its dialect. `base_url` tells Azure, which takes its key in another header.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// `type` as the configuration names it ("openai", "simulated").
std::shared_ptr<const Provider> make_openai(std::string_view type, std::string_view base_url);

std::string openai_path(const Call&);

}  // namespace sluice::providers
