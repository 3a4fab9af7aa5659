// Which operations a service offers. Plain data.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/dialect.hpp"

namespace sluice::presets {

class Offer {
 public:
  static Offer everything();
  // A name as configurations have it: an operation's own ("speech"), "responses", or "images" and "audio" for all of
  // theirs. False: there is no such name.
  bool add(std::string_view name);

  bool has(llm::Operation operation) const { return (x_bits >> static_cast<unsigned>(operation) & 1u) != 0; }
  // The API of that name, with what it keeps of earlier responses.
  bool responses() const { return has(llm::Operation::stored_response); }
  bool empty() const { return x_bits == 0; }
  // In short form: "chat, audio" rather than the three of audio.
  std::vector<std::string_view> names() const;
  friend bool operator==(const Offer&, const Offer&) = default;

 private:
  std::uint32_t x_bits = 0;   // bit i: the operation of that number
};

// All that add() takes, for messages.
const std::vector<std::string_view>& offer_names();

}  // namespace sluice::presets
