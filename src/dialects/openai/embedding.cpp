#include "dialects/openai/embedding.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "dialects/dropped.hpp"
#include "dialects/openai/encode.hpp"
#include "dialects/openai/usage.hpp"
#include "dialects/reading.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

// What vectors are for: our word, Voyage's and NVIDIA's (input_type), Jina's (task).
struct Purpose { std::string_view ours, input_type, task; };
constexpr std::array<Purpose, 7> purposes{{{"query", "query", "retrieval.query"},
                                           {"document", "document", "retrieval.passage"},
                                           {"similarity", "", "text-matching"},
                                           {"classification", "classification", "classification"},
                                           {"clustering", "clustering", "separation"},
                                           {"code_query", "", "code.query"},
                                           {"question_answering", "", "retrieval.query"}}};

std::string purpose_read(const std::string& word) {
  for (const Purpose& one : purposes) {
    if (word == one.ours || word == one.input_type || word == one.task) return std::string(one.ours);
  }
  if (word == "search_query") return "query";                               // Cohere
  if (word == "search_document" || word == "passage") return "document";    // Cohere; NVIDIA
  return {};
}

std::string_view purpose_written(std::string_view ours, std::string_view member) {
  for (const Purpose& one : purposes) {
    if (ours == one.ours) return member == "task" ? one.task : one.input_type;
  }
  return {};
}

class Request {
 public:
  explicit Request(llm::EmbeddingRequest& request) : x_request(request) {}

  Result<> read(std::string_view body) {
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) { member(key, value, Path{nullptr, key}); });
    if (!x_reading.failed() && x_request.model.empty()) {
      x_reading.refuse(Path{nullptr, "model"}, "you must provide a model parameter", "missing_required_parameter");
    } else if (!x_reading.failed() && !x_has_input) {
      x_reading.missing(Path{nullptr, "input"});
    }
    if (x_reading.failed()) return x_reading.take_fault();
    x_request.others = std::move(x_reading.others);
    return {};
  }

 private:
  void member(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") {
      x_reading.text(value, path, x_request.model);
    } else if (key == "input") {
      x_has_input = true;
      input(value, path);
    } else if (key == "dimensions" || key == "output_dimension") {
      x_reading.integer(value, path, 1, 1 << 20, x_request.dimensions);
    } else if (key == "encoding_format") {
      if (!x_reading.text(value, path, x_request.encoding)) return;
      const std::string& asked = x_request.encoding;
      if (asked != "float" && asked != "base64") x_reading.unsupported(path, asked, "'float' and 'base64'");
    } else if (key == "user") {
      x_reading.text(value, path, x_request.user);
    } else if (key == "input_type" || key == "task") {
      purpose(value, path);
    } else if (key == "truncation" || key == "truncate") {
      if (bool cut = false; value == "true" || value == "false") {
        x_reading.boolean(value, path, cut);
        x_request.truncate = cut;
      } else {
        x_reading.keep_other(path, value);
      }
    } else {
      x_reading.keep_other(path, value);
    }
  }

  void purpose(std::string_view value, const Path& path) {
    std::string word;
    if (!x_reading.text(value, path, word)) return;
    x_request.purpose = purpose_read(word);
    if (x_request.purpose.empty()) x_reading.keep_other(path, value);
  }

  // A text, texts, token ids, or lists of token ids.
  void input(std::string_view value, const Path& path) {
    x_request.inputs.clear();
    x_request.batch = json::kind_of(value) == json::Kind::array;
    if (!x_request.batch) {
      x_reading.text(value, path, x_request.inputs.emplace_back().text);
      return;
    }
    bool ids = false;
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      const auto kind = json::kind_of(raw);
      if (kind == json::Kind::number) {
        if (i == 0) x_request.inputs.emplace_back();
        ids = i == 0 || ids;
        if (!ids) x_reading.wrong_type(path[i], "a string", raw);
        else token(raw, path[i], x_request.inputs.back());
      } else if (ids) {
        x_reading.wrong_type(path[i], "an integer", raw);
      } else if (kind == json::Kind::array) {
        auto& one = x_request.inputs.emplace_back();
        const Path here = path[i];
        x_reading.elements(raw, here, [&](std::int64_t j, std::string_view id) { token(id, here[j], one); });
        if (one.tokens.empty()) x_reading.refuse(here, "Invalid '" + here.text() + "': empty array.", "empty_array");
      } else {
        x_reading.text(raw, path[i], x_request.inputs.emplace_back().text);
      }
    });
    if (ids) x_request.batch = false;
    if (x_request.inputs.empty()) x_reading.refuse(path, "Invalid 'input': empty array.", "empty_array");
  }

  void token(std::string_view raw, const Path& path, llm::EmbeddingRequest::Input& into) {
    std::optional<std::int64_t> id;
    if (x_reading.integer(raw, path, 0, std::numeric_limits<std::int32_t>::max(), id)) into.tokens.push_back(*id);
  }

  llm::EmbeddingRequest& x_request;
  Reading x_reading;
  bool x_has_input = false;
};

void append_input(std::string& list, const llm::EmbeddingRequest::Input& input) {
  if (!list.empty()) list += ',';
  if (input.tokens.empty()) return json::append_quoted(list, input.text);
  list += '[';
  for (std::size_t i = 0; i < input.tokens.size(); ++i) {
    if (i > 0) list += ',';
    json::append_integer(list, input.tokens[i]);
  }
  list += ']';
}

}  // namespace

std::string vector_to_base64(std::string_view json_array) {
  std::string bytes;
  bool numbers = true;
  json::each_element(json_array, [&](std::string_view raw) {
    double value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    numbers = numbers && error == std::errc() && end == raw.data() + raw.size();
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  });
  return numbers ? to_base64(bytes) : std::string();
}

std::string vector_from_base64(std::string_view base64) {
  const auto bytes = from_base64(base64);
  if (!bytes || bytes->empty() || bytes->size() % 4 != 0) return {};
  std::string out = "[";
  for (std::size_t at = 0; at < bytes->size(); at += 4) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits |= static_cast<std::uint32_t>(static_cast<unsigned char>((*bytes)[at + i])) << (8 * i);
    const auto value = std::bit_cast<float>(bits);
    if (!std::isfinite(value)) return {};
    std::array<char, 32> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    if (at > 0) out += ',';
    out.append(digits.data(), written.ptr);
  }
  return out + "]";
}

Result<llm::EmbeddingRequest> read_embedding(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "We could not parse the JSON body of your request: " + std::string(fault->reason) +
                                        " at byte " + std::to_string(fault->at) + ".");
  }
  llm::EmbeddingRequest request;
  if (auto read = Request(request).read(body); !read) return std::move(read).error();
  return request;
}

std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response) {
  std::string out = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < response.vectors.size(); ++i) {
    out.append(i > 0 ? "," : "").append(R"({"object":"embedding","index":)");
    json::append_integer(out, static_cast<std::int64_t>(i));
    out += ",\"embedding\":";
    const std::string base64 = request.encoding == "base64" ? vector_to_base64(response.vectors[i]) : std::string();
    if (base64.empty()) out += response.vectors[i];
    else json::append_quoted(out, base64);
    out += '}';
  }
  out += "],\"model\":";
  json::append_quoted(out, response.model.empty() ? request.model : response.model);
  out += ",\"usage\":{\"prompt_tokens\":";
  json::append_integer(out, response.usage.input);
  out += ",\"total_tokens\":";
  json::append_integer(out, response.usage.input + response.usage.output);
  out += "}}";
  return out;
}

Result<Encoded> encode_embedding(const llm::EmbeddingRequest& asked, const Recipient& to) {
  Dropped dropped;
  std::string rest, list;
  Members members(rest, to.quirks, asked.caller, dropped);
  for (const auto& input : asked.inputs) {
    if (!input.tokens.empty() && members.refuses("input.tokens")) {
      return Error(Code::bad_request, "This model takes texts only, not token ids.").about("input");
    }
    append_input(list, input);
  }
  if (asked.dimensions && to.quirks.dimensions.empty()) members.drop("dimensions");
  else if (asked.dimensions) members.put_integer(to.quirks.dimensions, *asked.dimensions);
  if (!asked.purpose.empty()) {
    std::string_view word = purpose_written(asked.purpose, to.quirks.purpose);
    const std::string path = to.quirks.purpose + "." + std::string(word);
    for (const auto& [ours, theirs] : to.quirks.renames) {
      if (ours == path) word = theirs;   // NVIDIA's "passage"
    }
    if (to.quirks.purpose.empty() || word.empty()) members.drop(to.quirks.purpose.empty() ? "input_type" : to.quirks.purpose);
    else members.put_text(to.quirks.purpose, word);
  }
  if (asked.truncate == true) members.drop("truncate");   // a text too long is an error here
  if (!asked.title.empty()) members.drop("title");
  if (!asked.user.empty()) members.put_text("user", asked.user);
  for (const auto& [name, value] : asked.others) members.drop(name);
  Encoded out;
  out.body = "{\"model\":";
  json::append_quoted(out.body, to.model);
  const bool single = !asked.batch && asked.inputs.size() == 1;
  out.body.append(",\"input\":").append(single ? list : "[" + list + "]").append(rest) += '}';
  out.dropped = dropped.take();
  return out;
}

Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) {
  const auto broken = [] { return Error(Code::upstream_failed, "The provider's answer holds no embeddings."); };
  if (json::validate(body)) return broken();
  llm::EmbeddingResponse answer;
  std::string_view data;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "data") data = value;
    else if (key == "model") answer.model = json::unquoted(value).value_or("");
    else if (key == "id") answer.id = json::unquoted(value).value_or("");
    else if (key == "usage") answer.usage = read_usage(value).value_or(llm::Usage{});
  });
  std::vector<std::pair<std::int64_t, std::string>> found;
  bool whole = true;
  json::each_element(data, [&](std::string_view item) {
    const std::string_view vector = json::find(item, "embedding").value_or("");
    std::string text = vector.starts_with('"') ? vector_from_base64(json::unquoted(vector).value_or("")) : std::string(vector);
    whole = whole && text.starts_with('[');
    const auto index = json::to_integer(json::find(item, "index").value_or(""));
    found.emplace_back(index.value_or(static_cast<std::int64_t>(found.size())), std::move(text));
  });
  if (!whole || found.empty()) return broken();
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [index, text] : found) answer.vectors.push_back(std::move(text));
  return answer;
}

}  // namespace sluice::dialects::openai
