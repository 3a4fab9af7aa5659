// A vocabulary's file (scripts/update-vocabularies.py tells its format), searched where it lies. Immutable, owns nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::tokens {

class Ranks {
 public:
  static constexpr std::uint32_t none = 0xFFFFFFFF;   // more than every rank
  static constexpr std::size_t longest = 128;         // bytes of a token

  explicit Ranks(std::string_view file);
  std::uint32_t find(std::string_view bytes) const;   // none: these bytes are no token, or no bytes

 private:
  const unsigned char* x_offsets = nullptr;
  const unsigned char* x_buckets = nullptr;
  unsigned x_shift = 0;                               // of a hash to its bucket
};

}  // namespace sluice::tokens
