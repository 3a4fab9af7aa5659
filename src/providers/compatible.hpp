// Services that speak OpenAI's dialect, OpenAI among them: made of a preset and of what the configuration says besides.
#pragma once
#include <memory>
#include <string_view>

#include "sluice/presets/presets.hpp"
#include "sluice/providers/registry.hpp"

namespace sluice::providers {

std::shared_ptr<const Provider> make_compatible(const presets::Preset& preset, const ProviderSpec& spec);

}  // namespace sluice::providers
