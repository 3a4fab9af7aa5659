#include "sluice/presets/quirk_fields.hpp"

#include <array>

#include "sluice/base/pattern.hpp"

namespace sluice::presets {
namespace {

using dialects::Quirks;

constexpr std::array<std::string_view, 5> history_words = {"reasoning_content", "reasoning", "reasoning_details", "content",
                                                           "extra_content"};
constexpr std::array<std::string_view, 5> request_words = {"reasoning_effort", "reasoning", "thinking", "enable_thinking",
                                                           "chat_template_kwargs"};

constexpr std::array<std::string_view, 2> search_words = {"web_search_options", "plugins"};

const std::array fields = {
    QuirkField{"refuses", &Quirks::refuses, "Members of a request (dotted paths from its top) that it answers with 400: left out and reported.", {}},
    QuirkField{"renames", &Quirks::renames, "Members that it knows by another name.", {}},
    QuirkField{"developer_role", &Quirks::developer_role, "It takes messages of the role developer; else they are said as system.", {}},
    QuirkField{"many_systems", &Quirks::many_systems, "It takes several system messages anywhere; else they are joined into one at the top.", {}},
    QuirkField{"content_lists", &Quirks::content_lists, "It takes a message's content as a list of parts; else it is one text.", {}},
    QuirkField{"images", &Quirks::images, "It takes images.", {}},
    QuirkField{"audio", &Quirks::audio, "It takes sound.", {}},
    QuirkField{"files", &Quirks::files, "It takes files such as PDFs.", {}},
    QuirkField{"images_in_tool_results", &Quirks::images_in_tool_results, "A tool's result may hold images.", {}},
    QuirkField{"json_schema", &Quirks::json_schema, "It takes response_format json_schema; else json_object with the schema in the instructions.", {}},
    QuirkField{"strict_tools", &Quirks::strict_tools, "It takes strict in a tool's definition.", {}},
    QuirkField{"stream_usage", &Quirks::stream_usage, "It takes stream_options.include_usage.", {}},
    QuirkField{"assistant_must_have_content", &Quirks::assistant_must_have_content, "An assistant's message with tool calls needs a content, be it \"\".", {}},
    QuirkField{"last_may_be_assistant", &Quirks::last_may_be_assistant, "The last message may be the beginning of its own answer.", {}},
    QuirkField{"reasoning_history", &Quirks::reasoning_history, "The member that takes thoughts of earlier turns; none: they are left out.", history_words},
    QuirkField{"reasoning_request", &Quirks::reasoning_request, "The member that asks for an effort of thinking; none: it cannot be asked for.", request_words},
    QuirkField{"shows_thoughts", &Quirks::shows_thoughts, "What it thinks is in its answers; else asking for it is reported.", {}},
    QuirkField{"efforts", &Quirks::efforts, "The efforts it knows, from least to most; others become the nearest.", {}},
    QuirkField{"sampling_efforts", &Quirks::sampling_efforts,
               "The efforts beside which it takes temperature, top_p and logprobs, `unasked` among them; none named: all.", {}},
    QuirkField{"call_id_length", &Quirks::call_id_length, "Tool call ids have exactly so many letters and digits; 0: any.", {}},
    QuirkField{"cache_marks", &Quirks::cache_marks, "It takes cache_control on content parts.", {}},
    QuirkField{"dimensions", &Quirks::dimensions, "The member of an embedding request for its dimensions; none: it has none.", {}},
    QuirkField{"purpose", &Quirks::purpose, "The member of an embedding request for what it is for; none: it has none.", {}},
    QuirkField{"top_n", &Quirks::top_n, "The member of a rerank request for how many results are wanted.", {}},
    QuirkField{"web_search", &Quirks::web_search, "How its own search is asked for; none: it has none.", search_words},
    QuirkField{"by_responses", &Quirks::by_responses,
               "Chat of callers of other dialects is asked for by its Responses API, where it has one.", {}},
};

std::vector<std::string> patterns_of(const QuirkRules& rules) {
  std::vector<std::string> patterns;
  for (const auto& one : rules.models) patterns.push_back(one.pattern);
  return patterns;
}

std::size_t first_fit(const std::vector<std::string>& patterns, std::string_view model) {
  std::size_t i = 0;
  while (i < patterns.size() && !matches(patterns[i], model)) ++i;
  return i;
}

// The rules for the i-th pattern, or, past the last, for none.
void apply_row(const QuirkRules& rules, std::size_t i, Quirks& to) {
  apply(rules.all, to);
  if (i < rules.models.size()) apply(rules.models[i].settings, to);
}

}  // namespace

std::span<const QuirkField> quirk_fields() { return fields; }

void apply(const std::vector<QuirkSetting>& settings, Quirks& to) {
  for (const QuirkSetting& setting : settings) {
    std::visit(
        [&](auto member) {
          using Type = std::remove_reference_t<decltype(to.*member)>;
          to.*member = std::get<Type>(setting.value);
        },
        setting.field->member);
  }
}

QuirkTable::QuirkTable(const QuirkRules& service, const QuirkRules& operators)
    : x_service(patterns_of(service)), x_operators(patterns_of(operators)) {
  for (std::size_t row = 0; row <= x_service.size(); ++row) {
    for (std::size_t column = 0; column <= x_operators.size(); ++column) {
      Quirks& quirks = x_quirks.emplace_back();
      apply_row(service, row, quirks);
      apply_row(operators, column, quirks);
    }
  }
}

const Quirks& QuirkTable::of(std::string_view model) const {
  return x_quirks[first_fit(x_service, model) * (x_operators.size() + 1) + first_fit(x_operators, model)];
}

}  // namespace sluice::presets
