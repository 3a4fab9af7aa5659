#include "dialects/gemini/names.hpp"

#include <algorithm>
#include <array>

namespace sluice::dialects::gemini {
namespace {

// Candidate.FinishReason in the order of its numbers. Those behind IMAGE_RECITATION have no number in the published
// .proto and come by name (google-genai SDK, types.FinishReason).
struct Reason { std::string_view name; Stop stop; };
constexpr std::array<Reason, 25> reasons = {{{"FINISH_REASON_UNSPECIFIED", Stop::none},
                                             {"STOP", Stop::stop},
                                             {"MAX_TOKENS", Stop::length},
                                             {"SAFETY", Stop::filtered},
                                             {"RECITATION", Stop::filtered},
                                             {"OTHER", Stop::unknown},
                                             {"LANGUAGE", Stop::filtered},
                                             {"BLOCKLIST", Stop::filtered},
                                             {"PROHIBITED_CONTENT", Stop::filtered},
                                             {"SPII", Stop::filtered},
                                             {"MALFORMED_FUNCTION_CALL", Stop::failed},
                                             {"IMAGE_SAFETY", Stop::filtered},
                                             {"UNEXPECTED_TOOL_CALL", Stop::failed},
                                             {"TOO_MANY_TOOL_CALLS", Stop::failed},
                                             {"IMAGE_PROHIBITED_CONTENT", Stop::filtered},
                                             {"IMAGE_OTHER", Stop::unknown},
                                             {"NO_IMAGE", Stop::unknown},
                                             {"IMAGE_RECITATION", Stop::filtered},
                                             {"MODEL_ARMOR", Stop::filtered},
                                             {"ESCALATION", Stop::filtered},
                                             {"PUP_LIMITED_DISABLED", Stop::filtered},
                                             {"MALFORMED_RESPONSE", Stop::failed},
                                             {"MISSING_THOUGHT_SIGNATURE", Stop::failed},
                                             {"CONTINUATION", Stop::length},   // of the tokens one answer may have
                                             {"FINISH_REASON_MAX_TOKENS", Stop::length}}};
constexpr std::size_t numbered = 18;

// Its place among those that have a number; behind them: none.
std::size_t number_of(std::string_view raw) {
  std::size_t number = 0;
  for (const char c : raw) {
    if (c < '0' || c > '9' || number > numbered) return numbered;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return std::min(number, numbered);
}

}  // namespace

std::string_view camel_case(std::string_view key, std::string& buffer) {
  if (key.find('_') == key.npos) return key;
  buffer.clear();
  bool upper = false;
  for (const char c : key) {
    if (c == '_') {
      upper = !buffer.empty();
      continue;
    }
    buffer += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return buffer;
}

Stop stop_of(std::string_view raw) {
  if (raw.empty() || raw == "null" || raw == "0") return Stop::none;
  if (raw.front() == '"') {
    raw = raw.substr(1, raw.size() < 2 ? 0 : raw.size() - 2);
    for (const Reason& reason : reasons) {
      if (reason.name == raw) return reason.stop;
    }
    return Stop::unknown;
  }
  const std::size_t number = number_of(raw);
  return number < numbered ? reasons[number].stop : Stop::unknown;
}

std::string reason_name(std::string_view raw) {
  if (raw.size() > 2 && raw.front() == '"') return std::string(raw.substr(1, std::min<std::size_t>(raw.size() - 2, 64)));
  const std::size_t number = number_of(raw);
  return std::string(number < numbered ? reasons[number].name : "OTHER");
}

llm::Finish finish_of(Stop stop, bool has_calls) {
  switch (stop) {
    case Stop::stop: return has_calls ? llm::Finish::tool_calls : llm::Finish::stop;
    case Stop::length: return llm::Finish::length;
    case Stop::filtered: return llm::Finish::content_filter;
    case Stop::none: case Stop::failed: case Stop::unknown: break;
  }
  return llm::Finish::unknown;
}

Modality modality_of(std::string_view raw) {
  static constexpr std::array<std::string_view, 6> names = {"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"};
  const std::string_view name = enum_name(raw, names);
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<Modality>(i);
  }
  return Modality::other;
}

}  // namespace sluice::dialects::gemini
