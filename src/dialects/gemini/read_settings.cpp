#include <array>
#include <limits>
#include <utility>

#include "dialects/gemini/read_chat.hpp"
#include "dialects/gemini/schema.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

class Settings {
 public:
  Settings(Reading& reading, const Path& path, llm::ChatRequest& into) : x_reading(reading), x_path(path), x_into(into) {}

  bool read(std::string_view raw) {
    each_named(x_reading, raw, x_path, [this](std::string_view name, std::string_view value) { member(name, value); });
    if (!x_reading.failed()) finish();
    return !x_reading.failed();
  }

 private:
  void member(std::string_view name, std::string_view value) {
    const Path path = x_path / name;
    if (sampling(name, value, path) || form(name, value, path)) return;
    if (name == "thinkingConfig") thinking(value, path);
    else if (name == "responseModalities") modalities(value, path);
    else x_reading.keep_other(path, value);   // mediaResolution, speechConfig, imageConfig, audioTimestamp …
  }

  bool sampling(std::string_view name, std::string_view value, const Path& path) {
    if (name == "temperature") x_reading.number(value, path, 0, 2, x_into.temperature);
    else if (name == "topP") x_reading.number(value, path, 0, 1, x_into.top_p);
    else if (name == "topK") top_k(value, path);
    else if (name == "candidateCount") x_reading.integer(value, path, 1, 128, x_into.n);
    else if (name == "maxOutputTokens") x_reading.integer(value, path, 1, any, x_into.max_tokens);
    else if (name == "presencePenalty") x_reading.number(value, path, -2, 2, x_into.presence_penalty);
    else if (name == "frequencyPenalty") x_reading.number(value, path, -2, 2, x_into.frequency_penalty);
    else if (name == "seed") x_reading.integer(value, path, least, any, x_into.seed);
    else if (name == "stopSequences") stop(value, path);
    else if (name == "logprobs") x_reading.integer(value, path, 0, 20, x_into.top_logprobs);
    else if (name == "responseLogprobs") logprobs(value, path);
    else return false;
    return true;
  }

  // SDKs send 40 and 40.0; the API rounds.
  void top_k(std::string_view value, const Path& path) {
    std::optional<double> number;
    if (x_reading.number(value, path, 0, 1e6, number)) x_into.top_k = static_cast<std::int64_t>(*number);
  }

  void logprobs(std::string_view value, const Path& path) {
    bool wanted = false;
    if (x_reading.boolean(value, path, wanted)) x_into.logprobs = wanted;
  }

  void stop(std::string_view value, const Path& path) {
    x_into.stop.clear();
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view one) {
      x_reading.text(one, path[i], x_into.stop.emplace_back());
    });
  }

  bool form(std::string_view name, std::string_view value, const Path& path) {
    if (name == "responseMimeType") x_reading.text(value, path, x_mime_type);
    else if (name == "responseSchema" && x_reading.object(value, path)) x_schema = value;
    else if (name == "responseJsonSchema" && x_reading.object(value, path)) x_json_schema = value;
    else return x_reading.failed();
    return true;
  }

  void thinking(std::string_view value, const Path& path) {
    static constexpr std::array<std::string_view, 6> levels = {"THINKING_LEVEL_UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "MINIMAL", "XHIGH"};
    each_named(x_reading, value, path, [&](std::string_view name, std::string_view raw) {
      if (name == "includeThoughts") {
        if (bool shown = false; x_reading.boolean(raw, path / name, shown)) x_into.show_thinking = shown;
      } else if (name == "thinkingBudget") {
        x_reading.integer(raw, path / name, -1, any, x_into.thinking_budget);
      } else if (name == "thinkingLevel") {
        std::string level(json::kind_of(raw) == json::Kind::string ? json::unquoted(raw).value_or("") : std::string(enum_name(raw, levels)));
        for (char& c : level) {
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        if (level == "thinking_level_unspecified") level.clear();
        if (level.size() < 16) x_into.reasoning_effort = std::move(level);
      } else {
        x_reading.keep_other(path / name, raw);
      }
    });
  }

  void modalities(std::string_view value, const Path& path) {
    static constexpr std::array<std::string_view, 4> names = {"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"};
    x_reading.elements(value, path, [&](std::int64_t, std::string_view one) {
      std::string upper(one);
      for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
      const std::string_view name = enum_name(upper, names);
      if (name == "TEXT") x_into.modalities.emplace_back("text");
      else if (name == "IMAGE") x_into.modalities.emplace_back("image");
      else if (name == "AUDIO") x_into.modalities.emplace_back("audio");
    });
  }

  // The form of an answer follows from its type and schema together.
  void finish() {
    const bool schema = !x_schema.empty() || !x_json_schema.empty();
    if (!schema && (x_mime_type.empty() || x_mime_type == "text/plain")) return;
    if (!x_mime_type.empty() && x_mime_type != "application/json") {   // "text/x.enum": one of the schema's words, bare
      x_reading.keep_other(x_path / "responseMimeType", json::quoted(x_mime_type));
      if (!x_schema.empty()) x_reading.keep_other(x_path / "responseSchema", x_schema);
      if (!x_json_schema.empty()) x_reading.keep_other(x_path / "responseJsonSchema", x_json_schema);
      return;
    }
    llm::ResponseFormat format;
    if (schema) {
      format.kind = llm::ResponseFormat::Kind::json_schema;
      format.schema = x_json_schema.empty() ? json_schema_of(x_schema) : std::string(x_json_schema);
      format.name = "response";   // others want one
    } else {
      format.kind = llm::ResponseFormat::Kind::json_object;
    }
    x_into.response_format = std::move(format);
  }

  Reading& x_reading;
  const Path& x_path;
  llm::ChatRequest& x_into;
  std::string x_mime_type;
  std::string_view x_schema, x_json_schema;   // raw
};

}  // namespace

bool read_settings(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  return Settings(reading, path, into).read(raw);
}

}  // namespace sluice::dialects::gemini
