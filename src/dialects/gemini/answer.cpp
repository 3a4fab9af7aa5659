#include "dialects/gemini/answer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "dialects/gemini/citations.hpp"
#include "dialects/gemini/errors.hpp"
#include "dialects/gemini/media.hpp"
#include "dialects/gemini/names.hpp"
#include "dialects/gemini/usage.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

constexpr std::string_view made_up = "gcall_";

Error nonsense(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

llm::Maker maker_of(std::string_view signature) { return signature.empty() ? llm::Maker::unknown : llm::Maker::google; }

// Parts that follow each other stay apart when one is signed: a signature belongs to its very part.
void add_text(std::string text, std::string signature, std::vector<llm::Part>& parts) {
  if (text.empty() && signature.empty()) return;
  auto* const last = parts.empty() ? nullptr : std::get_if<llm::Text>(&parts.back());
  if (last != nullptr && last->signature.empty() && signature.empty()) {
    last->text += text;
    return;
  }
  const llm::Maker maker = maker_of(signature);
  parts.push_back(llm::Text{std::move(text), {}, std::move(signature), maker});
}

void add_thought(std::string text, std::string signature, std::vector<llm::Part>& parts) {
  if (text.empty() && signature.empty()) return;
  parts.push_back(llm::Thinking{std::move(text), std::move(signature), false, llm::Maker::google});
}

// Reads one candidate's parts and what is told about them.
class ChoiceReader {
 public:
  ChoiceReader(CallNumbers& numbers, std::string_view model) : x_numbers(numbers), x_model(model) {}

  llm::Choice read(std::string_view raw, std::int64_t place, llm::Usage& usage) {
    const Candidate candidate = read_candidate(raw, place);
    x_choice.index = candidate.index;
    each_part(candidate.parts, [this](std::string_view part) { this->part(part); });
    x_choice.finish = finish_of(stop_of(candidate.finish_reason), x_calls);
    x_choice.logprobs = read_logprobs(candidate.logprobs);
    citations(candidate);
    usage.web_searches += billed_searches(candidate.grounding, x_model);
    const Stop stop = stop_of(candidate.finish_reason);
    if (!x_said && (stop == Stop::failed || stop == Stop::unknown)) x_failure = nothing_said(candidate.finish_reason, candidate.message);
    return std::move(x_choice);
  }
  // Nothing was said, and it did not end as an answer does.
  const std::optional<Error>& failure() const { return x_failure; }

 private:
  void part(std::string_view raw) {
    const PartView view = read_part(raw);
    if (!view.call.empty()) return call(view);
    if (view.text.empty() && (view.other || !view.inline_data.empty() || !view.file_data.empty())) {
      llm::Part other;
      if (!read_other_part(raw, view, other)) return;
      x_choice.parts.push_back(std::move(other));
      x_said = true;
      return;
    }
    std::string text = text_of(view.text), signature = text_of(view.signature);
    if (view.thought) return add_thought(std::move(text), std::move(signature), x_choice.parts);
    x_text += text;
    x_said = x_said || !text.empty();
    add_text(std::move(text), std::move(signature), x_choice.parts);
  }

  void call(const PartView& view) {
    const CallView call = read_call(view.call);
    llm::ToolCall tool{text_of(call.id), text_of(call.name), arguments_of(call.args)};
    if (tool.id.empty()) tool.id = x_numbers.next();
    tool.signature = text_of(view.signature);
    tool.maker = maker_of(tool.signature);
    x_calls = x_said = true;
    x_choice.parts.push_back(std::move(tool));
  }

  // They are of the answer's text as a whole, and stand with its last part.
  void citations(const Candidate& candidate) {
    if (candidate.grounding.empty() && candidate.citations.empty()) return;
    for (auto part = x_choice.parts.rbegin(); part != x_choice.parts.rend(); ++part) {
      auto* const text = std::get_if<llm::Text>(&*part);
      if (text == nullptr) continue;
      read_grounding(candidate.grounding, x_text, text->citations);
      read_citations(candidate.citations, x_text, text->citations);
      return;
    }
  }

  CallNumbers& x_numbers;
  std::string_view x_model;
  llm::Choice x_choice;
  std::string x_text;
  std::optional<Error> x_failure;
  bool x_calls = false, x_said = false;
};

llm::Choice refused_prompt(std::string_view feedback) {
  llm::Choice choice;
  choice.finish = llm::Finish::content_filter;
  std::string message = block_message(feedback);
  if (!message.empty()) choice.parts.push_back(llm::Refusal{std::move(message)});
  return choice;
}

}  // namespace

bool is_made_up(std::string_view call_id) { return call_id.starts_with(made_up); }

std::string made_up_id(std::string_view stem, std::int64_t number) {
  std::string id(made_up);
  for (const char c : stem.substr(0, 40)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    id += plain ? c : '_';
  }
  if (!stem.empty()) id += '_';
  append_integer(id, number);
  return id;
}

void CallNumbers::answer(std::string_view response_id) { x_stem = response_id.substr(0, 40); }
std::string CallNumbers::next() { return made_up_id(x_stem, x_count++); }

std::string arguments_of(std::string_view raw_args) {
  return json::kind_of(raw_args) == json::Kind::object ? std::string(raw_args) : std::string("{}");
}

bool read_other_part(std::string_view raw, const PartView& view, llm::Part& into) {
  if (!view.other) {
    if (view.thought) return false;
    const MediaView media = read_media(view.inline_data.empty() ? view.file_data : view.inline_data);
    std::string type = text_of(media.mime_type);
    if (view.inline_data.empty()) into = reference_part(std::move(type), text_of(media.uri));
    else into = blob_part(std::move(type), text_of(media.data));
    return true;
  }
  into = llm::ServerPart{std::string(raw), llm::Dialect::gemini};
  return true;
}

std::string block_message(std::string_view feedback) {
  return text_of(json::find(feedback, "blockReasonMessage").value_or(""));
}

Result<llm::ChatResponse> decode(std::string_view body) {
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  const Chunk chunk = read_chunk(body);
  const bool blocked = is_blocked(chunk.feedback);
  if (json::kind_of(chunk.candidates) != json::Kind::array && !blocked) return nonsense("it has no candidates");
  llm::ChatResponse answer;
  answer.id = text_of(chunk.id);
  answer.model = text_of(chunk.model);
  answer.created = read_time(text_of(chunk.created));
  if (const auto usage = read_usage(chunk.usage)) answer.usage = *usage;
  else answer.usage.estimated = true;   // whoever asks counts for himself
  answer.service_tier = text_of(json::find(chunk.usage, "serviceTier").value_or(""));
  CallNumbers numbers;
  numbers.answer(answer.id);
  std::int64_t place = 0;
  std::optional<Error> failure;
  bool all_failed = true;
  json::each_element(chunk.candidates, [&](std::string_view raw) {
    ChoiceReader reader(numbers, answer.model);
    answer.choices.push_back(reader.read(raw, place++, answer.usage));
    if (!reader.failure()) all_failed = false;
    else if (!failure) failure = reader.failure();
  });
  if (failure && all_failed) return *std::move(failure);
  if (answer.choices.empty()) {
    if (!blocked) return nonsense("it has no candidates");
    answer.choices.push_back(refused_prompt(chunk.feedback));
  }
  return answer;
}

}  // namespace sluice::dialects::gemini
