// The recorded traffic of tests/traffic (its README has the format), loaded for tests. Fails loudly on a broken file.
#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/http/head.hpp"
#include "support/places.hpp"

namespace sluice::test {

struct Exchange {
  std::string id, provider, operation;
  std::vector<std::string> features;
  std::string method, path;
  std::string request;                       // body text; empty: none recorded
  std::map<std::string, std::string> request_headers;
  int status = 0;
  std::map<std::string, std::string> headers;
  enum class Kind { json, sse, text, bytes } kind = Kind::json;
  std::string response;                      // the body's bytes
  nlohmann::ordered_json json;               // of a JSON answer, parsed
  std::vector<std::size_t> chunk_lengths;    // of the transport's chunks, where recorded
  std::string host;                          // of the request

  bool has(std::string_view feature) const {
    return std::find(features.begin(), features.end(), feature) != features.end();
  }
  bool streamed() const { return kind == Kind::sse; }
};

namespace detail {

inline std::string decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const std::size_t value =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
    if (value == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>(bits >> have & 0xFF);
  }
  return out;
}

inline void read_response(const nlohmann::ordered_json& response, Exchange& into) {
  into.status = response.at("status").get<int>();
  for (const auto& [name, value] : response.at("headers").items()) {
    into.headers[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  if (response.contains("body")) {
    into.json = response.at("body");
    into.response = into.json.dump();
  } else if (response.contains("sse")) {
    into.kind = Exchange::Kind::sse;
    into.response = response.at("sse").get<std::string>();
  } else if (response.contains("text")) {
    into.kind = Exchange::Kind::text;
    into.response = response.at("text").get<std::string>();
  } else {
    into.kind = Exchange::Kind::bytes;
    into.response = decode_base64(response.at("base64").get<std::string>());
  }
  if (response.contains("chunk_lengths"))
    into.chunk_lengths = response.at("chunk_lengths").get<std::vector<std::size_t>>();
}

inline Exchange read_exchange(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto json = nlohmann::ordered_json::parse(in);
  Exchange out;
  out.id = json.at("id").get<std::string>();
  out.provider = json.at("provider").get<std::string>();
  out.operation = json.at("operation").get<std::string>();
  out.features = json.at("features").get<std::vector<std::string>>();
  if (const auto& request = json.at("request"); request.is_object()) {
    out.method = request.value("method", "");
    out.path = request.value("path", "");
    out.host = request.value("host", "");
    if (request.contains("body") && !request.at("body").is_null()) out.request = request.at("body").dump();
    else if (request.contains("text")) out.request = request.at("text").get<std::string>();
    if (request.contains("headers")) {
      for (const auto& [name, value] : request.at("headers").items()) {
        out.request_headers[name] = value.is_string() ? value.get<std::string>() : value.dump();
      }
    }
  }
  read_response(json.at("response"), out);
  return out;
}

inline std::vector<Exchange> read_directory(const std::filesystem::path& directory) {
  std::vector<Exchange> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) out.push_back(read_exchange(entry.path()));
  std::sort(out.begin(), out.end(), [](const Exchange& a, const Exchange& b) { return a.id < b.id; });
  return out;
}

}  // namespace detail

// Every recorded request with its answer; loaded once.
inline const std::vector<Exchange>& exchanges() {
  static const auto all = detail::read_directory(traffic() / "exchanges");
  return all;
}
// Answers without requests: vendors' mock files and rebuilt streams.
inline const std::vector<Exchange>& answers_only() {
  static const auto all = detail::read_directory(traffic() / "response_only");
  return all;
}

// Throws std::out_of_range (the test fails) when there is none.
inline const Exchange& exchange(std::string_view id) {
  for (const auto* list : {&exchanges(), &answers_only()}) {
    for (const Exchange& one : *list) {
      if (one.id == id) return one;
    }
  }
  throw std::out_of_range("no recorded exchange " + std::string(id));
}

template <class Wanted>
std::vector<const Exchange*> exchanges_where(Wanted wanted) {
  std::vector<const Exchange*> out;
  for (const Exchange& one : exchanges()) {
    if (wanted(one)) out.push_back(&one);
  }
  return out;
}

// Chat, completions and embeddings in OpenAI's dialect, of whichever service.
inline bool speaks_openai(const Exchange& one) {
  const bool operation =
      one.operation == "chat.completions" || one.operation == "completions" || one.operation == "embeddings";
  const bool own_api = one.provider == "cohere" || (one.provider == "ollama" && one.operation == "embeddings");
  return operation && !own_api;
}

inline http::Fields fields_of(const Exchange& one) {
  http::Fields fields;
  for (const auto& [name, value] : one.headers) fields.add(boost::beast::http::string_to_field(name), name, value);
  return fields;
}

}  // namespace sluice::test
