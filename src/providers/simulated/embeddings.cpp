#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "play.hpp"
#include "sluice/json/write.hpp"

namespace sluice::providers::simulated {
namespace {

using Json = nlohmann::json;

Error refused(const std::string& param, const std::string& message) {
  return Error(Code::bad_request, message).named("invalid_value").about(param);
}

struct Request {
  std::string model;
  std::vector<std::string> inputs;   // a list of tokens stands as its JSON text
  std::int64_t tokens = 0;
  std::int64_t dimensions = 1536;
  bool base64 = false;
};

// A text, a list of texts, a list of tokens, or a list of such lists: at most 2048, none empty.
Result<> read_input(const Json& value, Request& into) {
  const auto add_tokens = [&](const Json& list) {
    into.inputs.push_back(list.dump());
    into.tokens += static_cast<std::int64_t>(list.size());
  };
  const auto add_text = [&](const Json& text) {
    into.inputs.push_back(text.get<std::string>());
    into.tokens += token_count(into.inputs.back());
  };
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    add_text(value);
    return {};
  }
  if (!value.is_array() || value.empty() || value.size() > 8192) {
    return refused("input", "'input' must be a string that is not empty, or an array of them.");
  }
  if (value.front().is_number_integer()) {
    add_tokens(value);
    return {};
  }
  if (value.size() > 2048) return refused("input", "'input' may have at most 2048 items.");
  for (const Json& item : value) {
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) add_text(item);
    else if (item.is_array() && !item.empty() && item.front().is_number_integer()) add_tokens(item);
    else return refused("input", "'input' must hold strings that are not empty, or arrays of tokens.");
  }
  return {};
}

Result<Request> read(std::string_view text) {
  const Json body = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!body.is_object()) return Error(Code::bad_request, "We could not parse the JSON body of your request.");
  const auto model = body.find("model"), input = body.find("input");
  const auto dimensions = body.find("dimensions"), format = body.find("encoding_format");
  if (model == body.end() || !model->is_string()) return refused("model", "you must provide a model parameter");
  if (input == body.end()) return refused("input", "Missing required parameter: 'input'.");
  Request request;
  request.model = model->get<std::string>();
  if (request.model.find("-large") != std::string::npos) request.dimensions = 3072;
  if (auto whole_input = read_input(*input, request); !whole_input) return std::move(whole_input).error();
  if (dimensions != body.end() && !dimensions->is_null()) {
    if (!dimensions->is_number_integer() || dimensions->get<std::int64_t>() < 1 ||
        dimensions->get<std::int64_t>() > 4096) {
      return refused("dimensions", "'dimensions' must be an integer from 1 to 4096.");
    }
    request.dimensions = dimensions->get<std::int64_t>();
  }
  if (format != body.end() && !format->is_null()) {
    if (*format != "float" && *format != "base64")
      return refused("encoding_format", "'encoding_format' must be 'float' or 'base64'.");
    request.base64 = *format == "base64";
  }
  return request;
}

// Unit vectors from a hash of model and text (FNV-1a, then splitmix64): equal for equal texts, else nearly orthogonal.
std::vector<float> vector_of(std::string_view model, std::string_view text, std::int64_t dimensions) {
  std::uint64_t state = 14695981039346656037u;
  for (const std::string_view part : {model, std::string_view("\0", 1), text}) {
    for (const char c : part) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  std::vector<double> values(static_cast<std::size_t>(dimensions));
  double square = 0;
  for (double& value : values) {
    state += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    value = static_cast<double>(z >> 11) * 0x1.0p-52 - 1;
    square += value * value;
  }
  const double length = square > 0 ? std::sqrt(square) : 1;
  std::vector<float> out;
  for (const double value : values) out.push_back(static_cast<float>(value / length));
  return out;
}

void append_floats(std::string& out, const std::vector<float>& values) {
  out += '[';
  std::array<char, 32> digits{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), values[i]);
    out.append(digits.data(), written.ptr);
  }
  out += ']';
}

// Little-endian 32-bit floats, as the official SDKs decode them.
void append_base64(std::string& out, const std::vector<float>& values) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((bits >> shift) & 0xFF);
  }
  out += '"';
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    const std::size_t have = std::min<std::size_t>(bytes.size() - i, 3);
    for (std::size_t j = 0; j < 4; ++j) out += j <= have ? letters[(group >> (18 - 6 * j)) & 63] : '=';
  }
  out += '"';
}

}  // namespace

Script play_embeddings(const Play& play) {
  auto request = read(play.body);
  if (!request) return refusal(request.error());
  std::string body = "{\"object\":\"list\",\"data\":[";
  for (std::size_t i = 0; i < request->inputs.size(); ++i) {
    body += i > 0 ? ",{\"object\":\"embedding\",\"index\":" : "{\"object\":\"embedding\",\"index\":";
    json::append_integer(body, static_cast<std::int64_t>(i));
    body += ",\"embedding\":";
    const auto values = vector_of(request->model, request->inputs[i], request->dimensions);
    if (request->base64) append_base64(body, values);
    else append_floats(body, values);
    body += '}';
  }
  body += "],\"model\":" + json::quoted(request->model) + ",\"usage\":{\"prompt_tokens\":";
  const std::int64_t tokens = play.settings.input_tokens.value_or(request->tokens);
  json::append_integer(body, tokens);
  body += ",\"total_tokens\":";
  json::append_integer(body, tokens);
  return whole(body + "}}");
}

}  // namespace sluice::providers::simulated
