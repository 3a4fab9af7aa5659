#include "sluice/base/money.hpp"

#include "sluice/base/text.hpp"

namespace sluice {

void append_usd(std::string& out, std::int64_t nano_usd) {
  constexpr std::int64_t dollar = 1'000'000'000;
  if (nano_usd < 0) out += '-';
  append_integer(out, nano_usd < 0 ? -(nano_usd / dollar) : nano_usd / dollar);
  std::int64_t rest = nano_usd % dollar;
  if (rest == 0) return;
  if (rest < 0) rest = -rest;
  char digits[10] = ".";
  for (int i = 9; i > 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  int length = 10;
  while (digits[length - 1] == '0') --length;
  out.append(digits, static_cast<std::size_t>(length));
}

std::string usd(std::int64_t nano_usd) {
  std::string out;
  append_usd(out, nano_usd);
  return out;
}

}  // namespace sluice
