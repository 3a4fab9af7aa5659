#include "sluice/presets/offer.hpp"

#include <array>

namespace sluice::presets {
namespace {

using llm::Operation;

constexpr std::uint32_t bit(Operation operation) { return 1u << static_cast<unsigned>(operation); }

struct Named { std::string_view name; std::uint32_t bits; };

// Groups before their members: the short form is found first.
constexpr std::array<Named, 14> named = {{
    {"chat", bit(Operation::chat)},
    {"responses", bit(Operation::stored_response)},
    {"completions", bit(Operation::completions)},
    {"embeddings", bit(Operation::embeddings)},
    {"rerank", bit(Operation::rerank)},
    {"moderations", bit(Operation::moderations)},
    {"images", bit(Operation::image_generations) | bit(Operation::image_edits) | bit(Operation::image_variations)},
    {"image_generations", bit(Operation::image_generations)},
    {"image_edits", bit(Operation::image_edits)},
    {"image_variations", bit(Operation::image_variations)},
    {"audio", bit(Operation::speech) | bit(Operation::transcriptions) | bit(Operation::translations)},
    {"speech", bit(Operation::speech)},
    {"transcriptions", bit(Operation::transcriptions)},
    {"translations", bit(Operation::translations)},
}};

}  // namespace

Offer Offer::everything() {
  Offer all;
  for (const Named& one : named) all.x_bits |= one.bits;
  return all;
}

bool Offer::add(std::string_view name) {
  for (const Named& one : named) {
    if (one.name != name) continue;
    x_bits |= one.bits;
    return true;
  }
  return false;
}

std::vector<std::string_view> Offer::names() const {
  std::vector<std::string_view> found;
  std::uint32_t told = 0;
  for (const Named& one : named) {
    if ((x_bits & one.bits) != one.bits || (told & one.bits) == one.bits) continue;
    found.push_back(one.name);
    told |= one.bits;
  }
  return found;
}

const std::vector<std::string_view>& offer_names() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> made;
    for (const Named& one : named) made.push_back(one.name);
    return made;
  }();
  return all;
}

}  // namespace sluice::presets
