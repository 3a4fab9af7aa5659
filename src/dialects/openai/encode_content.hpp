// Content parts of messages as services of OpenAI's dialect take them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

// Collects the content of one message and writes it as a string where it can be one, else as a list.
class ContentWriter {
 public:
  ContentWriter(const Quirks& quirks, llm::Dialect caller, Dropped& dropped)
      : x_quirks(quirks), x_caller(caller), x_dropped(dropped) {}

  // Refused (400): what the service cannot take and the request means nothing without. What has no place in content
  // (thoughts, calls, results) is passed over.
  Result<> add(const llm::Part& part);
  void add_text(std::string_view text);
  void mark(const llm::CacheMark& mark);      // of the part before
  void add_raw(std::string_view part);        // a part as JSON text: makes it a list
  bool empty() const { return x_items.empty(); }
  void append_to(std::string& out) const;     // "" if empty

 private:
  struct Item { std::string json, text; bool plain = true; };   // text: of a plain text part
  Result<> image(const llm::Image&);
  Result<> audio(const llm::Audio&);
  Result<> file(const llm::File&);
  Result<> media_file(const llm::File&);
  void document(const llm::File&, std::string_view text);
  Error refusal(std::string message) const;

  const Quirks& x_quirks;
  llm::Dialect x_caller;
  Dropped& x_dropped;
  std::vector<Item> x_items;
};

}  // namespace sluice::dialects::openai
