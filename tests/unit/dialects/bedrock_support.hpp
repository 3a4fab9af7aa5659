// The recorded exchanges of Bedrock, and an independent reading of its streams: frames by the specification, without
// the code under test.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/all.hpp"
#include "dialects/bedrock/event_stream.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::bedrock_tests {

using Json = nlohmann::ordered_json;
using anthropic_tests::describe;

inline const Wire& bedrock_wire() { return wire(llm::Dialect::bedrock); }
inline const CallerDialect& bedrock_caller() { return caller_dialect(llm::Dialect::bedrock); }

struct Event { std::string message_type, type; Json payload; };

inline std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

// Bit by bit, as the polynomial says it.
inline std::uint32_t slow_crc(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
  }
  return ~crc;
}

// Throws (the test fails) where the bytes are no event stream of text headers.
inline std::vector<Event> events_of(std::string_view bytes) {
  std::vector<Event> events;
  while (!bytes.empty()) {
    const std::size_t total = number_at(bytes, 0, 4), headers = number_at(bytes, 4, 4);
    if (slow_crc(bytes.substr(0, 8)) != number_at(bytes, 8, 4)) throw std::runtime_error("prelude CRC");
    if (slow_crc(bytes.substr(0, total - 4)) != number_at(bytes, total - 4, 4)) throw std::runtime_error("message CRC");
    Event event;
    for (std::size_t at = 12; at < 12 + headers;) {
      const std::size_t name_size = number_at(bytes, at, 1);
      const std::string name(bytes.substr(at + 1, name_size));
      at += 1 + name_size;
      if (number_at(bytes, at, 1) != 7) throw std::runtime_error("header type");
      const std::size_t size = number_at(bytes, at + 1, 2);
      const std::string value(bytes.substr(at + 3, size));
      at += 3 + size;
      if (name == ":message-type") event.message_type = value;
      if (name == ":event-type" || name == ":exception-type") event.type = value;
    }
    event.payload = Json::parse(bytes.substr(12 + headers, total - 16 - headers));
    events.push_back(std::move(event));
    bytes.remove_prefix(total);
  }
  return events;
}

inline std::string frame_of(std::string_view type, std::string_view payload, std::string_view message_type = "event") {
  std::string out;
  bedrock::FrameWriter frame(out, message_type, type);
  out += payload;
  frame.end();
  return out;
}

inline std::vector<const test::Exchange*> recorded(std::string_view operation) {
  return test::exchanges_where([&](const test::Exchange& one) { return one.provider == "bedrock" && one.operation == operation; });
}
inline std::vector<const test::Exchange*> answered(std::string_view operation) {
  auto all = recorded(operation);
  std::erase_if(all, [](const test::Exchange* one) { return one->status != 200; });
  return all;
}

// "us.amazon.nova-micro-v1:0" of "/model/us.amazon.nova-micro-v1%3A0/converse".
inline std::string model_in(const test::Exchange& one) {
  std::string id = one.path.substr(7, one.path.find('/', 7) - 7);
  if (const auto colon = id.find("%3A"); colon != std::string::npos) id.replace(colon, 3, ":");
  return id;
}

using neutral_events::Decoded;
inline Decoded decode_pieces(const std::vector<std::string_view>& pieces) { return neutral_events::decode_pieces(bedrock_wire(), pieces); }

inline std::vector<std::string_view> cut(std::string_view bytes, std::size_t piece) {
  std::vector<std::string_view> pieces;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) pieces.push_back(bytes.substr(0, piece));
  return pieces;
}

inline StreamMeter::Facts facts_of(std::string_view bytes, std::size_t piece = std::string_view::npos) {
  const auto meter = bedrock_wire().meter(llm::Operation::chat);
  for (const auto& one : cut(bytes, piece)) meter->feed(one);
  meter->finish();
  return meter->facts();
}

inline http::Fields error_type(std::string_view kind) {
  http::Fields fields;
  fields.add(boost::beast::http::field::unknown, "x-amzn-errortype", kind);
  return fields;
}

inline Encoded encoded(const llm::ChatRequest& request, std::string_view model) {
  auto out = bedrock_wire().encode(request, {model, no_quirks()});
  if (!out) throw std::runtime_error(out.error().message() + " @" + out.error().param());
  return *std::move(out);
}

inline llm::ChatRequest openai_request(std::string_view body) {
  auto read = caller_dialect(llm::Dialect::openai).read_chat(body);
  if (!read) throw std::runtime_error(read.error().message());
  return *std::move(read);
}
inline llm::ChatRequest converse_request(std::string_view body) {
  auto read = bedrock_caller().read_chat(body);
  if (!read) throw std::runtime_error(read.error().message());
  return *std::move(read);
}

}  // namespace sluice::dialects::bedrock_tests
