#include "tokens/ranks.hpp"

#include <bit>
#include <cstring>

namespace sluice::tokens {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are read as they lie");

template <class T>
T load(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t mixed(std::uint64_t value, std::uint64_t word) {
  value = (value ^ word) * 0x9E3779B97F4A7C15u;
  return value ^ value >> 32;
}

std::uint64_t short_word(const unsigned char* at, std::size_t size) {
  if (size < 4) return std::uint64_t{at[0]} | std::uint64_t{at[size / 2]} << 8 | std::uint64_t{at[size - 1]} << 16;
  return load<std::uint32_t>(at) | std::uint64_t{load<std::uint32_t>(at + size - 4)} << 32;
}

std::uint64_t hash_of(const unsigned char* at, std::size_t size) {
  std::uint64_t value = size;
  if (size < 8) {
    value = mixed(value, short_word(at, size));
  } else {
    for (std::size_t i = 0; i + 8 <= size; i += 8) value = mixed(value, load<std::uint64_t>(at + i));
    if (size % 8 != 0) value = mixed(value, load<std::uint64_t>(at + size - 8));
  }
  return value * 0x9E3779B97F4A7C15u;
}

constexpr std::size_t header = 16;

}  // namespace

Ranks::Ranks(std::string_view file) {
  const auto* const at = reinterpret_cast<const unsigned char*>(file.data());
  const auto buckets = load<std::uint32_t>(at + 12);
  x_offsets = at + header;
  x_buckets = x_offsets + 4 * (std::size_t{buckets} + 1);
  x_shift = 64 - static_cast<unsigned>(std::countr_zero(buckets));
}

std::uint32_t Ranks::find(std::string_view bytes) const {
  if (bytes.empty() || bytes.size() > longest) return none;
  const auto* const text = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::uint64_t bucket = hash_of(text, bytes.size()) >> x_shift;
  const unsigned char* at = x_buckets + load<std::uint32_t>(x_offsets + 4 * bucket);
  const unsigned char* const end = x_buckets + load<std::uint32_t>(x_offsets + 4 * bucket + 4);
  while (at != end) {
    const auto told = load<std::uint32_t>(at);   // length in the low byte, the rank above it
    const std::size_t size = told & 0xFF;
    if (size == bytes.size() && std::memcmp(at + 4, text, size) == 0) return told >> 8;
    at += 4 + size;
  }
  return none;
}

}  // namespace sluice::tokens
