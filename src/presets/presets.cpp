#include "sluice/presets/presets.hpp"

#include <stdexcept>

extern "C" const char sluice_presets_begin[], sluice_presets_end[];

namespace sluice::presets {

std::string_view built_in_text() {
  return {sluice_presets_begin, static_cast<std::size_t>(sluice_presets_end - sluice_presets_begin)};
}

std::span<const Preset> all() {
  static const std::vector<Preset> presets = [] {
    auto read = parse(built_in_text());
    if (!read) throw std::logic_error(read.error().message());
    return *std::move(read);
  }();
  return presets;
}

const Preset* find(std::string_view name) {
  for (const Preset& preset : all())
    if (preset.name == name) return &preset;
  return nullptr;
}

}  // namespace sluice::presets
