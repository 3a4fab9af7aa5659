// Request ids: "req_" and 26 characters of lower-case Crockford base32 (the form of a ULID): 48 bits of Unix
// milliseconds, then 80 random bits. They sort by time as text, and are unique without any coordination. Not secret.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

class RequestId {
 public:
  // The random bits come from a generator of the calling thread, seeded once from the system: no system call per id.
  static RequestId make(std::int64_t unix_ms);

  std::string_view view() const { return {x_text.data(), x_text.size()}; }
  friend auto operator<=>(const RequestId&, const RequestId&) = default;

 private:
  std::array<char, 30> x_text{};
};

}  // namespace sluice
