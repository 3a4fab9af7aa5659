#include "dialects/gemini/settings.hpp"

#include <algorithm>
#include <utility>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/schema.hpp"
#include "dialects/gemini/words.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {
namespace {

using Format = llm::ResponseFormat::Kind;

class Encoder {
 public:
  Encoder(const llm::ChatRequest& asked, const ModelTraits& model, Dropped& dropped)
      : x_asked(asked), x_model(model), x_words(words_of(asked.caller)), x_dropped(dropped) {}

  Result<std::string> run(std::string_view media_resolution) {
    if (x_asked.n && *x_asked.n > 8) {   // docs: GenerationConfig.candidateCount
      return Error(Code::bad_request, "This model gives at most 8 answers to a request.").about("n");
    }
    sampling();
    auto formatted = response_format();
    if (!formatted) return std::move(formatted).error();
    logprobs();
    modalities();
    const std::string thinking = encode_thinking(x_asked, x_model, x_dropped);
    if (!thinking.empty()) x_out.raw("thinkingConfig", thinking);
    if (!media_resolution.empty()) x_out.text("mediaResolution", media_resolution);
    own_words();
    return x_out.empty() ? std::string() : x_out.object();
  }

 private:
  void sampling() {
    if (x_asked.temperature) x_out.number("temperature", *x_asked.temperature);
    if (x_asked.top_p) x_out.number("topP", *x_asked.top_p);
    if (x_asked.top_k) x_out.number("topK", *x_asked.top_k);
    if (x_asked.n) x_out.number("candidateCount", *x_asked.n);
    if (x_asked.max_tokens) x_out.number("maxOutputTokens", *x_asked.max_tokens);
    if (x_asked.presence_penalty) x_out.number("presencePenalty", *x_asked.presence_penalty);
    if (x_asked.frequency_penalty) x_out.number("frequencyPenalty", *x_asked.frequency_penalty);
    if (x_asked.seed) seed(*x_asked.seed);
    stop();
  }

  // An int32 there; callers use 64 bits. The same seed must give the same one.
  void seed(std::int64_t seed) {
    constexpr std::int64_t most = 0x7fffffff;
    if (seed < -most || seed > most) {
      x_dropped.add("seed");
      seed = static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) & 0x7fffffffU);
    }
    x_out.number("seed", seed);
  }

  void stop() {
    std::string list;
    std::size_t count = 0;
    for (const std::string& one : x_asked.stop) {
      if (one.empty() || ++count > 5) {   // docs: up to five
        x_dropped.add("stop");
        continue;
      }
      if (!list.empty()) list += ',';
      json::append_quoted(list, one);
    }
    if (!list.empty()) x_out.raw("stopSequences", "[" + list + "]");
  }

  Result<> response_format() {
    if (!x_asked.response_format || x_asked.response_format->kind == Format::text) return {};
    const llm::ResponseFormat& format = *x_asked.response_format;
    // "Function calling with a response mime type: 'application/json' is unsupported" before Gemini 3.
    if (!x_asked.tools.empty() && !x_model.json_with_tools) {
      x_dropped.add(x_words.response_format);
      return {};
    }
    x_out.text("responseMimeType", "application/json");
    if (!format.description.empty()) x_dropped.add(std::string(x_words.response_format) + ".description");
    if (format.kind == Format::json_object || format.schema.empty()) return {};
    const auto schema = encode_schema(format.schema, x_model.json_schema);
    if (!schema) return Error(Code::bad_request, "The schema of the answer is not a JSON object.").about(std::string(x_words.schema));
    for (const std::string& keyword : schema->lost) x_dropped.add(std::string(x_words.schema) + "." + keyword);
    x_out.raw(schema->openapi ? "responseSchema" : "responseJsonSchema", schema->json);
    return {};
  }

  void logprobs() {
    if (x_asked.logprobs) x_out.boolean("responseLogprobs", *x_asked.logprobs);
    if (x_asked.top_logprobs && x_asked.logprobs.value_or(false)) x_out.number("logprobs", std::min<std::int64_t>(*x_asked.top_logprobs, 20));
  }

  void modalities() {
    std::string list;
    for (const std::string& modality : x_asked.modalities) {
      if (!list.empty()) list += ',';
      list += modality == "audio" ? "\"AUDIO\"" : modality == "image" ? "\"IMAGE\"" : "\"TEXT\"";
    }
    if (list.empty()) return;
    // A model that speaks says nothing else ("AUDIO" alone); OpenAI's callers always name text beside it.
    const bool speaks = list.find("AUDIO") != list.npos && x_asked.caller != llm::Dialect::gemini;
    if (list != "\"TEXT\"" || x_asked.caller == llm::Dialect::gemini) x_out.raw("responseModalities", speaks ? "[\"AUDIO\"]" : "[" + list + "]");
    if (speaks) speech();
  }

  void speech() {
    json::each_member(x_asked.audio_output, [this](std::string_view key, std::string_view raw) {
      if (key != "voice") {
        if (raw != "\"pcm16\"") x_dropped.add("audio." + std::string(key.substr(0, 60)));   // it speaks PCM only
        return;
      }
      const std::string_view name = json::kind_of(raw) == json::Kind::string ? raw : std::string_view();
      if (!name.empty()) x_out.raw("speechConfig", "{\"voiceConfig\":{\"prebuiltVoiceConfig\":{\"voiceName\":" + std::string(name) + "}}}");
    });
  }

  // What a caller of Gemini's own dialect said that has no neutral place goes out as it came.
  void own_words() {
    if (x_asked.caller != llm::Dialect::gemini) return;
    constexpr std::string_view here = "generationConfig.";
    for (const auto& [name, value] : x_asked.others) {
      if (!name.starts_with(here)) continue;
      const std::string_view member = std::string_view(name).substr(here.size());
      if (member.find_first_of(".[") == member.npos) x_out.raw(member, value);
    }
  }

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const Words x_words;
  Dropped& x_dropped;
  Members x_out;
};

}  // namespace

Result<std::string> encode_settings(const llm::ChatRequest& asked, const ModelTraits& model, std::string_view media_resolution,
                                    Dropped& dropped) {
  return Encoder(asked, model, dropped).run(media_resolution);
}

}  // namespace sluice::dialects::gemini
