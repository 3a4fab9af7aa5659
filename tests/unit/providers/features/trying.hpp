// Asks a provider for a feature and sees what becomes of it.
#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "sluice/dialects/dialect.hpp"
#include "unit/providers/features/ollama_reading.hpp"

namespace sluice::providers::features {

// lost: neither said nor reported, which must not be.
enum class Outcome : unsigned char { exact, translated, refused, lost, not_offered };

inline std::string_view word(Outcome outcome) {
  constexpr std::string_view words[] = {"exact", "translated", "refused", "LOST", "–"};
  return words[static_cast<std::size_t>(outcome)];
}

// A request as it would go out.
struct Sent {
  bool possible = false;   // false: the caller gets 400
  std::string path, body;
  std::vector<std::string> dropped;
};

class Trial {
 public:
  Trial(const Column& column, const Provider& provider) : x_column(column), x_provider(provider) {}

  Outcome of(const Feature& feature) {
    x_model = x_column.model(feature.needs);
    x_wire = x_provider.wire(llm::Operation::chat, llm::Dialect::anthropic, x_model);
    if (x_wire == nullptr) return Outcome::not_offered;
    Chat without;
    without.caller = feature.caller != x_wire->dialect() ? feature.caller : feature.other_caller;
    without.model = x_model;
    without.messages.push_back(says(llm::Role::user, "What is the weather in Paris? Answer in json."));
    if (feature.prepare) feature.prepare(without);
    Chat with = without;
    feature.put(with, x_column);
    const Sent before = send(without), after = send(with);
    if (!after.possible || says_more(after.dropped, before.dropped)) return Outcome::refused;
    const std::string read = feature.told(receive(after));
    if (read == feature.told(with)) return Outcome::exact;
    const bool changed = !before.possible || before.path != after.path || Json::parse(before.body) != Json::parse(after.body);
    if (changed) return Outcome::translated;
    if (x_wire->dialect() == llm::Dialect::openai && feature.given
        && feature.given(x_provider.quirks(x_model))) return Outcome::exact;
    return before.dropped.empty() ? Outcome::lost : Outcome::refused;   // what it belongs to is not there
  }

 private:
  Sent send(const Chat& chat) const {
    Sent sent;
    if (!dialects::caller_dialect(chat.caller).translatable(chat) && chat.caller != x_wire->dialect()) return sent;
    auto encoded = x_wire->encode(chat, {x_model, x_provider.quirks(x_model)});
    if (!encoded) {
      EXPECT_EQ(encoded.error().code(), Code::bad_request) << encoded.error().message();
      return sent;
    }
    sent.possible = true;
    Call call;
    call.dialect = x_wire->dialect();
    call.model = x_model;
    call.stream = chat.stream;
    sent.path = x_provider.path(call);
    sent.body = std::move(encoded->body);
    sent.dropped = std::move(encoded->dropped);
    return sent;
  }

  // As the dialect's own callers would be understood; some say in the path that they want a stream.
  Chat receive(const Sent& sent) const {
    if (x_wire->dialect() == llm::Dialect::ollama) return OllamaReading::read(sent.body);
    auto read = dialects::caller_dialect(x_wire->dialect()).read_chat(sent.body);
    EXPECT_TRUE(read) << x_column.title << ": " << read.error().message() << "\n" << sent.body;
    if (!read) return {};
    read->stream = read->stream || sent.path.find("stream") != sent.path.npos;
    return *std::move(read);
  }

  static bool says_more(const std::vector<std::string>& after, const std::vector<std::string>& before) {
    return std::any_of(after.begin(), after.end(), [&before](const std::string& one) {
        return std::find(before.begin(), before.end(), one) == before.end(); });
  }

  const Column& x_column;
  const Provider& x_provider;
  std::string x_model;
  const dialects::Wire* x_wire = nullptr;
};

}  // namespace sluice::providers::features
