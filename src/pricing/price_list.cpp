#include "sluice/pricing/price_list.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "pricing/price_list_parts.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::pricing {
namespace {


constexpr double dearest = 1e10;   // 10,000 dollars a million, as nano-USD a thousand
constexpr double dearest_calls = 1e13;

std::string fingerprint(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (std::size_t i = 0; i < 4; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

Error refused(const std::string& why) { return Error(Code::upstream_failed, "it is no price list that can be used: " + why); }

}  // namespace

std::int64_t nano_rate(const nlohmann::json& dollars, double scale, std::string_view what) {
  const double rate = dollars.get<double>() * scale;
  if (!(rate >= 0)) throw Unusable("the price of " + std::string(what) + " is negative");
  if (rate > (scale == 1e9 ? dearest_calls : dearest)) throw Unusable("the price of " + std::string(what) + " is above 10,000 dollars");
  return std::llround(rate);
}

std::int64_t token_count(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return 0;
  const double count = found->get<double>();
  return count > 0 && count < 4e9 ? static_cast<std::int64_t>(count) : 0;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

Result<std::string> read_price_list(std::string_view text, std::string_view day) {
  if (const auto fault = sluice::json::validate(text)) return refused(std::string(fault->reason) + " at byte " + std::to_string(fault->at));
  try {
    const auto source = nlohmann::json::parse(text);
    nlohmann::json lists;
    if (source.is_array()) lists = genai_lists(source);
    else if (source.is_object()) lists = litellm_lists(source);
    else return refused("it is neither genai-prices' nor LiteLLM's");
    if (lists.empty()) return refused("it has no model of any provider that is known here");
    return nlohmann::json{{"format", 1}, {"version", std::string(day) + "-" + fingerprint(text)}, {"lists", std::move(lists)}}.dump();
  } catch (const nlohmann::json::exception& e) {   // wrong types; not on the request path
    return refused(e.what());
  } catch (const Unusable& e) {
    return refused(e.what());
  }
}

}  // namespace sluice::pricing
