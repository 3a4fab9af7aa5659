// What the requests of OpenAI's paths share: texts, contents, definitions of functions. Sums up into one InputTokens.
#pragma once
#include <string>
#include <string_view>

#include "sluice/json/scan.hpp"
#include "sluice/tokens/chat_tokens.hpp"

namespace sluice::tokens {

// As json::each_member, with escapes in names resolved: a provider resolves them, too.
template <class F>
bool each_named(std::string_view object, F&& f) {
  return json::each_member(object, [&](std::string_view key, std::string_view value) {
    if (key.find('\\') == std::string_view::npos) return f(key, value);
    std::string written = "\"";
    written.append(key).append("\"");
    const auto name = json::unquoted(written);
    f(std::string_view(name ? *name : written), value);
  });
}

// The text of the object's last member of that name; empty: there is none that is a string.
std::string text_of(std::string_view object, std::string_view name);

class RequestText {
 public:
  explicit RequestText(Vocabulary vocabulary) : x_vocabulary(vocabulary) {}

  void add(std::int64_t tokens) { x_sum.text += tokens; }
  void not_only_text() { x_sum.only_text = false; }
  void text(std::string_view value);             // a string, counted; null counts nothing; else not only text
  void json(std::string_view value);             // written out as it is
  void content(std::string_view value);          // a string, or a list of parts
  void prompt(std::string_view value);           // a string, a list of strings, of token numbers or of such lists
  void tools(std::string_view list);             // definitions of functions, of either form
  void schema(std::string_view format);          // response_format, text.format
  void choice(std::string_view value);           // tool_choice, function_call
  void call(std::string_view function);          // an object with name and arguments (or input)
  InputTokens sum() const { return x_sum; }

 private:
  void part(std::string_view object);

  InputTokens x_sum;
  Vocabulary x_vocabulary;
  std::string x_unquoted;                        // of the string at hand
};

}  // namespace sluice::tokens
