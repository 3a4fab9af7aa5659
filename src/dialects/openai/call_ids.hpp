// Tool call ids as a service wants them: never empty, at most 40 characters (OpenAI), or exactly so many letters and
// digits (Mistral: 9). An id that fits stays; the same conversation always gives the same ids. Lives for one request.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace sluice::dialects::openai {

class CallIds {
 public:
  explicit CallIds(std::int64_t length) : x_length(length) {}   // Quirks::call_id_length
  std::string call(std::string_view id);
  std::string result(std::string_view id);   // without an id: of the first call without one that has no result

 private:
  std::string fitted(std::string_view id) const;

  std::int64_t x_length;
  std::int64_t x_made = 0;
  std::deque<std::string> x_waiting;
};

}  // namespace sluice::dialects::openai
