// Google's names. Its JSON is protobuf's: members may be written in camelCase or as in the .proto (snake_case), and an
// enum by its name or, with $alt=json;enum-encoding=int, by its number. Values and numbers: google.ai.generativelanguage
// v1beta (generative_service.proto, content.proto). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// A member's name in camelCase. The view is of `key` or of `buffer`.
std::string_view camel_case(std::string_view key, std::string& buffer);

// Why a candidate stopped.
enum class Stop : std::uint8_t { none, stop, length, filtered, failed, unknown };
Stop stop_of(std::string_view raw_reason);                   // none: absent, null, unspecified
llm::Finish finish_of(Stop stop, bool has_calls);            // Gemini says STOP with calls as well
std::string reason_name(std::string_view raw_reason);        // "MALFORMED_FUNCTION_CALL"; "OTHER" for a number nobody knows

// Which candidates of a streamed answer have begun, and which have ended. It is complete when all that began have.
class CandidateTally {
 public:
  void see(std::int64_t index, bool finished) {
    const std::uint64_t bit = std::uint64_t{1} << (index < 0 ? 0 : index > 63 ? 63 : index);
    x_begun |= bit;
    if (finished) x_finished |= bit;
  }
  void blocked() { x_blocked = true; }   // the prompt was refused: no candidate will come
  bool complete() const { return x_blocked || (x_begun != 0 && (x_begun & ~x_finished) == 0); }

 private:
  std::uint64_t x_begun = 0, x_finished = 0;   // bit = index
  bool x_blocked = false;
};

enum class Modality : std::uint8_t { other, text, image, video, audio, document };
Modality modality_of(std::string_view raw);

// An enum's value as a name whether it came as name or number ("AUTO", 1); empty: none of `names` (which start at 0).
template <class Names>
std::string_view enum_name(std::string_view raw, const Names& names) {
  if (raw.size() >= 2 && raw.front() == '"') {
    raw = raw.substr(1, raw.size() - 2);
    for (const std::string_view name : names) {
      if (name == raw) return name;
    }
    return {};
  }
  std::size_t number = 0;
  if (raw.empty() || raw.size() > 2) return {};
  for (const char c : raw) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number < names.size() ? names[number] : std::string_view();
}

}  // namespace sluice::dialects::gemini
