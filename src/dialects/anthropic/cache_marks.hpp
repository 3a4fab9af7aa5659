// Cache breakpoints: Anthropic takes four in a request (docs: Prompt caching), counted over tools, system and messages in
// this order, and one for an hour may not follow one for five minutes. Lives while one request is written.
#pragma once
#include <cstdint>
#include <string>

#include "dialects/dropped.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

class CacheMarks {
 public:
  // Of more than four the last are kept: they are read back with all that stands before them.
  CacheMarks(const llm::ChatRequest& request, Dropped& dropped);
  // Marks the last block of a list of JSON objects; nullptr or an empty list: there is none that could be.
  void mark(std::string* list, llm::CacheMark mark);

 private:
  Dropped& x_dropped;
  std::int64_t x_surplus = 0;
  bool x_short = false;
};

}  // namespace sluice::dialects::anthropic
