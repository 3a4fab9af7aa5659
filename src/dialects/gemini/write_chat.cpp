#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/caller.hpp"
#include "dialects/gemini/citations.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/write_parts.hpp"

namespace sluice::dialects::gemini {
namespace {

class CandidateWriter {
 public:
  std::string write(const llm::Choice& choice) {
    for (const llm::Part& part : choice.parts) this->part(part);
    Members out;
    out.raw("content", "{\"parts\":[" + x_parts + "],\"role\":\"model\"}");
    out.text("finishReason", finish_name(choice.finish));
    out.number("index", choice.index);
    const std::string grounding = write_grounding(x_citations, x_text);
    if (!grounding.empty()) out.raw("groundingMetadata", grounding);
    const std::string logprobs = write_logprobs(choice.logprobs);
    if (!logprobs.empty()) out.raw("logprobsResult", logprobs);
    return out.object();
  }

 private:
  void part(const llm::Part& part) {
    std::string json;
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      x_text += text->text;
      x_citations.insert(x_citations.end(), text->citations.begin(), text->citations.end());
      append_text_part(json, text->text, text->maker, text->signature);
    } else if (const auto* const refusal = std::get_if<llm::Refusal>(&part)) {
      x_text += refusal->text;
      append_text_part(json, refusal->text, llm::Maker::unknown, {});
    } else if (const auto* const thinking = std::get_if<llm::Thinking>(&part)) {
      append_thought_part(json, *thinking);
    } else if (const auto* const call = std::get_if<llm::ToolCall>(&part)) {
      append_call_part(json, *call);
    } else {
      const auto* const audio = std::get_if<llm::Audio>(&part);
      if (!append_other_part(json, part)) return;
      if (audio != nullptr && !audio->transcript.empty()) {   // what was said, for those who cannot hear it
        json += ',';
        append_text_part(json, audio->transcript, llm::Maker::unknown, {});
      }
    }
    if (!x_parts.empty()) x_parts += ',';
    x_parts += json;
  }

  std::string x_parts, x_text;
  std::vector<llm::Citation> x_citations;
};

}  // namespace

std::string_view finish_name(llm::Finish finish) {
  switch (finish) {
    case llm::Finish::stop: case llm::Finish::tool_calls: return "STOP";
    case llm::Finish::length: case llm::Finish::pause: return "MAX_TOKENS";   // what the caller has is not the whole answer
    case llm::Finish::content_filter: case llm::Finish::refusal: return "SAFETY";
    case llm::Finish::unknown: break;
  }
  return "OTHER";
}

std::string write_usage(const llm::Usage& usage) {
  Members out;
  out.number("promptTokenCount", usage.input);
  if (usage.cache_read > 0) out.number("cachedContentTokenCount", usage.cache_read);
  out.number("candidatesTokenCount", usage.output - usage.reasoning);
  if (usage.reasoning > 0) out.number("thoughtsTokenCount", usage.reasoning);
  out.number("totalTokenCount", usage.input + usage.output);
  const auto details = [&out](std::string_view name, std::int64_t audio, std::int64_t all) {
    if (audio <= 0) return;
    out.raw(name, R"([{"modality":"TEXT","tokenCount":)" + std::to_string(all - audio) + R"(},{"modality":"AUDIO","tokenCount":)" +
                      std::to_string(audio) + "}]");
  };
  details("promptTokensDetails", usage.input_audio, usage.input);
  details("candidatesTokensDetails", usage.output_audio, usage.output - usage.reasoning);
  return out.object();
}

std::string write_chat(const llm::ChatResponse& response, const AnswerContext& context) {
  std::string candidates;
  for (const llm::Choice& choice : response.choices) {
    if (!candidates.empty()) candidates += ',';
    candidates += CandidateWriter().write(choice);
  }
  Members out;
  out.raw("candidates", "[" + candidates + "]");
  out.raw("usageMetadata", write_usage(response.usage));
  out.text("modelVersion", response.model);
  out.text("responseId", response.id.empty() ? context.id : response.id);
  return out.object();
}

}  // namespace sluice::dialects::gemini
