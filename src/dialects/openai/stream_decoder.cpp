#include "dialects/openai/stream_decoder.hpp"

#include <algorithm>

#include "dialects/openai/errors.hpp"
#include "dialects/openai/usage.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t most_choices = 128;

}  // namespace

Result<> OpenAiStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> OpenAiStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  auto rest = feed("\n\n", out);   // a last event that lacks its blank line
  if (!rest) return rest;
  if (x_over) return {};
  if (!complete()) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  x_out = &out;
  close();
  x_out = nullptr;
  return {};
}

Result<> OpenAiStreamDecoder::answer(std::string_view body, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_whole = true;
  chunk(body);
  if (!x_error && !x_over && x_choices.empty()) fail("it has no choices");
  if (!x_error && !x_over) close();
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

void OpenAiStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

void OpenAiStreamDecoder::failed(std::string_view data) {
  Failure failure = failure_in_event(data);
  x_out->push_back(llm::event::Failed{std::move(failure.error), failure.status, failure.try_next, failure.key_at_fault});
  x_over = true;
}

bool OpenAiStreamDecoder::complete() const {
  return !x_choices.empty() &&
         std::all_of(x_choices.begin(), x_choices.end(), [](const Choice& choice) { return choice.finish.has_value(); });
}

void OpenAiStreamDecoder::event(std::string_view name, std::string_view data) {
  if (x_error || x_over) return;
  data = trim(data);
  if (data == "[DONE]") return close();
  if (name == "error") return failed(data);   // Groq
  chunk(data);
}

void OpenAiStreamDecoder::chunk(std::string_view data) {
  Chunk chunk;
  const bool whole = json::each_member(data, [&chunk](std::string_view key, std::string_view value) {
    if (key == "choices") chunk.choices = value;
    else if (key == "id") chunk.id = value;
    else if (key == "model") chunk.model = value;
    else if (key == "usage") chunk.usage = value;
    else if (key == "error") chunk.is_error = is_reported(value);
    else if (key == "x_groq") chunk.groq = value;
    else if (key == "object") chunk.is_error = chunk.is_error || value == "\"error\"";   // vLLM
    else if (key == "search_results") chunk.search_results = value;
    else if (key == "citations") chunk.citations = value;
  });
  if (!whole) return fail("an event is no JSON object");
  if (chunk.is_error) return failed(data);
  if (chunk.groq.starts_with('{')) {
    if (const auto error = json::find(chunk.groq, "error"); error && is_reported(*error)) return failed(chunk.groq);
    if (const auto usage = json::find(chunk.groq, "usage")) see_usage(*usage);
  }
  start(chunk);
  json::each_element(chunk.choices, [this](std::string_view raw) {
    choice(raw);
    return !x_error && !x_over;
  });
  if (x_error || x_over) return;
  remember_sources(chunk);
  if (!chunk.usage.empty()) see_usage(chunk.usage);
}

// Azure begins with a chunk that has neither id nor choices.
void OpenAiStreamDecoder::start(const Chunk& chunk) {
  if (x_started || (chunk.id.size() <= 2 && chunk.choices.size() <= 2)) return;
  x_started = true;
  x_id = json::unquoted(chunk.id).value_or("");
  x_out->push_back(llm::event::Started{x_id, json::unquoted(chunk.model).value_or("")});
}

OpenAiStreamDecoder::Choice& OpenAiStreamDecoder::choice_at(std::int64_t index) {
  for (Choice& choice : x_choices) {
    if (choice.index == index) return choice;
  }
  if (x_choices.size() == most_choices) {
    fail("too many choices");
    return x_choices.back();
  }
  return x_choices.emplace_back(index);
}

void OpenAiStreamDecoder::choice(std::string_view raw) {
  std::string_view delta_raw, message, index, finish, details, stop, logprobs, text;
  bool error = false;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "delta") delta_raw = value;
    else if (key == "message") message = value;   // in a stream: Perplexity's text so far
    else if (key == "index") index = value;
    else if (key == "finish_reason") finish = value;
    else if (key == "finish_details") details = value;
    else if (key == "stop_reason" || key == "matched_stop") stop = value;
    else if (key == "logprobs" && value.starts_with('{')) logprobs = value;
    else if (key == "error") error = is_reported(value);
    else if (key == "text") text = value;
  });
  if (error) return failed(raw);
  if (x_whole && message.starts_with('{')) delta_raw = message;
  Choice& choice = choice_at(std::max<std::int64_t>(json::to_integer(index).value_or(0), 0));
  if (x_error) return;
  if (delta_raw.starts_with('{')) delta(choice, delta_raw, logprobs);
  else if (text.size() > 2) completion_text(choice, text, logprobs);
  if (x_error || (finish.empty() && details.empty())) return;
  End end = end_of(finish, details, stop);
  if (end.failed) return failed(R"({"error":{"message":"The provider broke its answer off with an error."}})");
  if (!end.finish) return;
  if (!choice.finish || *choice.finish == llm::Finish::unknown) choice.finish = end.finish;
  if (!end.stop_sequence.empty()) choice.stop_sequence = std::move(end.stop_sequence);
}

// A completion's text; beside a delta (Together) it is the same text again.
void OpenAiStreamDecoder::completion_text(Choice& choice, std::string_view raw, std::string_view logprobs) {
  MessageFields fields;
  fields.content = raw;
  content(choice, fields, logprobs);
}

void OpenAiStreamDecoder::delta(Choice& choice, std::string_view raw, std::string_view logprobs) {
  const MessageFields fields = message_fields(raw);
  if (!fields.details.empty() || !fields.reasoning.empty()) thoughts(choice, fields);
  if (!fields.content.empty() || !logprobs.empty()) content(choice, fields, logprobs);
  if (fields.refusal.starts_with('"')) {
    x_out->push_back(llm::event::RefusalDelta{choice.index, json::unquoted(fields.refusal).value_or("")});
  }
  if (!fields.calls.empty() || !fields.function_call.empty()) calls(choice, fields);
  for (auto& citation : read_annotations(fields.annotations)) {
    x_out->push_back(llm::event::CitationSeen{choice.index, std::move(citation)});
  }
  for (auto& image : read_images(fields.images)) x_out->push_back(llm::event::PartSeen{choice.index, std::move(image)});
  if (auto audio = read_audio_answer(fields.audio)) x_out->push_back(llm::event::PartSeen{choice.index, *std::move(audio)});
}

void OpenAiStreamDecoder::content_list(Choice& choice, std::string_view list) {
  std::vector<llm::Part> parts;
  read_parts(list, parts);
  choice.tags.settle();
  for (llm::Part& part : parts) {
    if (auto* told = std::get_if<llm::Text>(&part)) {
      if (!told->text.empty()) text(choice, std::move(told->text));
    } else if (auto* thought = std::get_if<llm::Thinking>(&part)) {
      x_out->push_back(llm::event::ThinkingDelta{choice.index, std::move(thought->text), std::move(thought->signature)});
    } else {
      x_out->push_back(llm::event::PartSeen{choice.index, std::move(part)});
    }
  }
}

void OpenAiStreamDecoder::content(Choice& choice, const MessageFields& fields, std::string_view logprobs) {
  if (fields.content.starts_with('[')) return content_list(choice, fields.content);
  auto& delta = std::get<llm::event::TextDelta>(x_out->emplace_back(std::in_place_type<llm::event::TextDelta>));
  delta.choice = choice.index;
  if (!fields.content.empty() && !json::unquote(fields.content, delta.text)) {
    x_out->pop_back();
    return fail("a text is no string");
  }
  if (!logprobs.empty() && !json::validate(logprobs)) {
    delta.logprobs = logprobs;
    // An event of several lines has been joined with line breaks; writers put this into one line.
    std::replace(delta.logprobs.begin(), delta.logprobs.end(), '\n', ' ');
  }
  if (!fields.extra.empty()) {
    delta.signature = google_signature(fields.extra);
    if (!delta.signature.empty()) delta.maker = llm::Maker::google;
    if (is_google_thought(fields.extra) && choice.tags.plain()) {
      llm::event::ThinkingDelta thought{choice.index, std::move(delta.text), std::move(delta.signature), delta.maker};
      x_out->back() = std::move(thought);
      return;
    }
  }
  if (choice.tags.plain()) return;
  auto pieces = choice.tags.feed(delta.text);
  delta.text.clear();
  if (delta.logprobs.empty() && delta.signature.empty()) x_out->pop_back();   // `delta` is gone
  tagged(choice, std::move(pieces));
}

void OpenAiStreamDecoder::tagged(Choice& choice, ThinkTags::Pieces&& pieces) {
  if (!pieces.thinking.empty()) x_out->push_back(llm::event::ThinkingDelta{choice.index, std::move(pieces.thinking), {}});
  if (!pieces.text.empty()) text(choice, std::move(pieces.text));
}

// The same thoughts come as `reasoning` and, with proof, as reasoning_details.
void OpenAiStreamDecoder::thoughts(Choice& choice, const MessageFields& fields) {
  choice.tags.settle();
  bool told = false;
  if (!fields.details.empty()) {
    for (Detail& one : read_details(fields.details)) told = detail(choice, std::move(one)) || told;
  }
  if (told || fields.reasoning.empty()) return;
  auto& thought = std::get<llm::event::ThinkingDelta>(x_out->emplace_back(std::in_place_type<llm::event::ThinkingDelta>));
  thought.choice = choice.index;
  if (json::unquote(fields.reasoning, thought.text)) {
    if (!x_whole) choice.unproven += thought.text;
    return;
  }
  x_out->pop_back();
  fail("a thought is no string");
}

// True: it told a readable text.
bool OpenAiStreamDecoder::detail(Choice& choice, Detail&& detail) {
  if (!detail.encrypted) {
    const bool readable = !detail.text.empty();
    if (readable) choice.told_thought = detail.id;
    if (readable && detail.text == choice.unproven) {   // as a gateway tells it that has had the proof last
      choice.unproven.clear();
      detail.text.clear();
      if (detail.proof.empty() && detail.id.empty()) return true;
    }
    x_out->push_back(llm::event::ThinkingDelta{choice.index, std::move(detail.text), std::move(detail.proof), detail.maker,
                                               false, std::move(detail.id)});
    return readable;
  }
  if (detail.maker == llm::Maker::google && !detail.id.empty()) {   // belongs to the call of that id
    if (!choice.calls.sign(detail.id, detail.proof, detail.maker)) choice.unclaimed.push_back(std::move(detail));
    return false;
  }
  const bool of_told = detail.maker == llm::Maker::openai && !detail.id.empty() && detail.id == choice.told_thought;
  x_out->push_back(llm::event::ThinkingDelta{choice.index, {}, std::move(detail.proof), detail.maker, !of_told, std::move(detail.id)});
  return false;
}

void OpenAiStreamDecoder::calls(Choice& choice, const MessageFields& fields) {
  if (!choice.tags.plain()) tagged(choice, choice.tags.finish());
  const auto add = [&](CallFields call) {
    call.whole = x_whole;
    for (auto one = choice.unclaimed.begin(); one != choice.unclaimed.end() && !call.id.empty(); ++one) {
      if (json::unquoted(call.id) != one->id) continue;
      call.proof = std::move(one->proof);
      choice.unclaimed.erase(one);
      break;
    }
    if (!choice.calls.add(call, x_id, *x_out)) fail("a tool call is broken, or there are too many");
  };
  json::each_element(fields.calls, [&](std::string_view raw) {
    add(call_fields(raw));
    return !x_error;
  });
  if (x_error || !fields.function_call.starts_with('{')) return;
  CallFields old;
  old.name = json::find(fields.function_call, "name").value_or("");
  old.arguments = json::find(fields.function_call, "arguments").value_or("");
  add(old);
}

void OpenAiStreamDecoder::see_usage(std::string_view raw) {
  auto usage = read_usage(raw);
  if (!usage || usage == x_usage) return;
  x_usage = usage;
  x_out->push_back(llm::event::UsageSeen{*usage});
}

void OpenAiStreamDecoder::remember_sources(const Chunk& chunk) {
  if (chunk.search_results.size() > 2 && chunk.search_results != x_results) x_results = chunk.search_results;
  if (chunk.citations.size() > 2 && chunk.citations != x_citations) x_citations = chunk.citations;
}

void OpenAiStreamDecoder::close() {
  if (!x_started) x_out->push_back(llm::event::Started{});
  x_started = x_over = true;
  if (x_choices.empty()) x_choices.emplace_back(0);
  for (auto& citation : read_sources(x_results, x_citations)) {
    x_out->push_back(llm::event::CitationSeen{x_choices.front().index, std::move(citation)});
  }
  for (Choice& choice : x_choices) {
    tagged(choice, choice.tags.finish());
    choice.calls.finish(*x_out);
    for (Detail& one : choice.unclaimed) {
      x_out->push_back(llm::event::ThinkingDelta{choice.index, {}, std::move(one.proof), one.maker, true, std::move(one.id)});
    }
    // Some say no reason at all; the stream's end has come, and so it is one.
    llm::Finish finish = choice.finish.value_or(llm::Finish::stop);
    // OpenAI says stop where tool_choice named the function, Snowflake nothing.
    if (choice.calls.any() && (finish == llm::Finish::stop || finish == llm::Finish::unknown)) finish = llm::Finish::tool_calls;
    x_out->push_back(llm::event::Finished{choice.index, finish, std::move(choice.stop_sequence)});
  }
  x_out->push_back(llm::event::Ended{});
}

}  // namespace sluice::dialects::openai
