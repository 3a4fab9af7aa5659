#include "providers/openai_models.hpp"

#include <initializer_list>
#include <string>
#include <vector>

#include "sluice/base/pattern.hpp"

namespace sluice::providers {
namespace {

using dialects::Quirks;

struct Row { std::string_view pattern; Quirks quirks; };

// Models that think answer 400 to what would steer their sampling (platform.openai.com/docs/guides/reasoning and
// "latest model": unsupported_value, unsupported_parameter), and want their limit as max_completion_tokens.
Quirks reasoning(std::vector<std::string> efforts, std::initializer_list<std::string> also_refused = {}) {
  Quirks quirks;
  quirks.renames = {{"max_tokens", "max_completion_tokens"}};
  quirks.refuses = {"top_k", "temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"};
  quirks.refuses.insert(quirks.refuses.end(), also_refused);
  quirks.efforts = std::move(efforts);
  quirks.files = true;
  return quirks;
}

// "o3", "o4-mini": no verbosity, no custom tools, and no word on calls at once.
Quirks o_series(bool sees) {
  Quirks quirks = reasoning({"low", "medium", "high"}, {"verbosity", "tools.custom", "parallel_tool_calls"});
  quirks.images = quirks.files = sees;
  return quirks;
}

// Models that do not think: reasoning_effort is an unrecognized argument.
Quirks plain(bool sees, std::initializer_list<std::string> also_refused = {}) {
  Quirks quirks;
  quirks.refuses = {"top_k", "verbosity", "tools.custom"};
  quirks.refuses.insert(quirks.refuses.end(), also_refused);
  quirks.reasoning_request.clear();
  quirks.images = quirks.files = sees;
  return quirks;
}

Quirks before_schemas(bool sees) {
  Quirks quirks = plain(sees);
  quirks.json_schema = quirks.strict_tools = quirks.files = false;
  return quirks;
}

Quirks hears() {
  Quirks quirks = plain(false);
  quirks.audio = true;
  quirks.json_schema = false;
  return quirks;
}

Quirks searches() {
  Quirks quirks = plain(false, {"temperature", "top_p", "n", "presence_penalty", "frequency_penalty", "seed", "logprobs", "top_logprobs", "tools"});
  quirks.web_search = "web_search_options";
  return quirks;
}

// The first that fits.
const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"gpt-5*-chat*", plain(true)},
      {"gpt-5*search*", searches()},
      {"gpt-5-pro*", reasoning({"high"})},
      {"gpt-5.1-codex-max*", reasoning({"none", "low", "medium", "high", "xhigh"})},
      {"gpt-5.1*", reasoning({"none", "low", "medium", "high"})},
      {"gpt-5.*", reasoning({"none", "low", "medium", "high", "xhigh"})},
      {"gpt-5*", reasoning({"minimal", "low", "medium", "high"})},
      {"o1-mini*", o_series(false)},
      {"o3-mini*", o_series(false)},
      {"o1", o_series(true)}, {"o1-*", o_series(true)},
      {"o3", o_series(true)}, {"o3-*", o_series(true)},
      {"o4-mini*", o_series(true)},
      {"gpt-4o*search*", searches()},
      {"gpt-4o*audio*", hears()}, {"gpt-audio*", hears()},
      {"gpt-4o-2024-05-13", before_schemas(true)},
      {"gpt-4o*", plain(true)}, {"chatgpt-4o*", plain(true)}, {"gpt-4.1*", plain(true)}, {"gpt-4.5*", plain(true)},
      {"gpt-4-turbo*", before_schemas(true)}, {"gpt-4-*vision*", before_schemas(true)},
      {"gpt-4*", before_schemas(false)}, {"gpt-3.5*", before_schemas(false)},
  };
  return all;
}

}  // namespace

const dialects::Quirks& openai_quirks(std::string_view model) {
  if (model.starts_with("openai/")) model.remove_prefix(7);
  if (model.starts_with("ft:")) model.remove_prefix(3);   // fine-tuned: "ft:gpt-4o-2024-08-06:org::id"
  for (const Row& row : rows()) {
    if (matches(row.pattern, model)) return row.quirks;
  }
  return dialects::no_quirks();
}

}  // namespace sluice::providers
