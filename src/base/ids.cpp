#include "sluice/base/ids.hpp"

#include <random>

namespace sluice {
namespace {

constexpr char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

// The lowest 5 * count bits, most significant character first.
void write(char* out, int count, std::uint64_t bits) {
  for (int i = count; i-- > 0; bits >>= 5) out[i] = alphabet[bits & 31];
}

}  // namespace

RequestId RequestId::make(std::int64_t unix_ms) {
  thread_local std::mt19937_64 random = seeded();
  RequestId id;
  char* out = id.x_text.data();
  for (char c : std::string_view("req_")) *out++ = c;
  write(out, 10, static_cast<std::uint64_t>(unix_ms) & 0xffff'ffff'ffff);
  write(out + 10, 8, random());
  write(out + 18, 8, random());
  return id;
}

}  // namespace sluice
