// What the tests of the OpenAI adapter share.
#pragma once
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "dialects/all.hpp"
#include "support/traffic.hpp"

namespace sluice::dialects {

inline const Wire& openai_wire() { return wire(llm::Dialect::openai); }

inline StreamMeter::Facts facts_of(std::string_view stream, std::size_t piece = std::string_view::npos) {
  const auto meter = openai_wire().meter(llm::Operation::chat);
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) meter->feed(stream.substr(0, piece));
  return meter->facts();
}

// All of it as text, so that a difference is readable.
inline std::string describe(const StreamMeter::Facts& facts) {
  std::string out = "model=" + facts.model + " begun=" + std::to_string(facts.begun) +
                    " garbled=" + std::to_string(facts.garbled) + " finished=" + std::to_string(facts.finished) +
                    " events=" + std::to_string(facts.events) + " text=" + std::to_string(facts.text_bytes);
  if (facts.usage) {
    const llm::Usage& u = *facts.usage;
    for (const std::int64_t n : {u.input, u.cache_read, u.cache_write_5m, u.input_audio, u.output, u.reasoning,
                                 u.output_audio, u.web_searches, u.reported_cost_nano_usd.value_or(-1)}) {
      out += " " + std::to_string(n);
    }
  }
  if (facts.failure) {
    out += " failure=" + std::to_string(facts.failure->status) + " " + facts.failure->error.name() + " " +
           facts.failure->error.message();
  }
  return out;
}

inline http::Fields headers(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  http::Fields fields;
  for (const auto& [name, value] : list)
    fields.add(boost::beast::http::string_to_field({name.data(), name.size()}), name, value);
  return fields;
}

inline std::string event_of(std::string_view json) { return "data: " + std::string(json) + "\n\n"; }

}  // namespace sluice::dialects
