#include "dialects/responses/model_traits.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "sluice/base/text.hpp"

namespace sluice::dialects::responses {
namespace {

using std::string_view_literals::operator""sv;

// platform.openai.com/docs/guides/reasoning, and the models' own pages.
constexpr std::array of_o = {"low"sv, "medium"sv, "high"sv};
constexpr std::array of_5 = {"minimal"sv, "low"sv, "medium"sv, "high"sv};
constexpr std::array of_5_codex = {"low"sv, "medium"sv, "high"sv};
constexpr std::array of_5_1 = {"none"sv, "low"sv, "medium"sv, "high"sv};
constexpr std::array of_5_2 = {"none"sv, "low"sv, "medium"sv, "high"sv, "xhigh"sv};
constexpr std::array all = {"none"sv, "minimal"sv, "low"sv, "medium"sv, "high"sv, "xhigh"sv, "max"sv};

// "openai/gpt-5", "openai.gpt-oss-20b" (Bedrock), "ft:gpt-4o:…": the model's own name, in lower case.
std::string bare(std::string_view model) {
  if (model.starts_with("ft:")) model.remove_prefix(3);
  if (const std::size_t slash = model.rfind('/'); slash != model.npos) model.remove_prefix(slash + 1);
  if (model.starts_with("openai.")) model.remove_prefix(7);
  std::string out(model.substr(0, 64));
  for (char& c : out) c = to_lower(c);
  return out;
}

bool begins_with(std::string_view name, std::initializer_list<std::string_view> any) {
  return std::any_of(any.begin(), any.end(), [&](std::string_view one) { return name.starts_with(one); });
}

std::ptrdiff_t rank(std::string_view effort) { return std::find(all.begin(), all.end(), effort) - all.begin(); }

}  // namespace

ModelTraits traits_of(std::string_view model) {
  const std::string name = bare(model);
  if (begins_with(name, {"gpt-3", "gpt-4", "chatgpt-", "gpt-5-chat"})) return {false, false, {}};
  if (name.size() > 1 && name[0] == 'o' && name[1] >= '1' && name[1] <= '9') return {true, true, of_o};
  if (name.starts_with("codex-")) return {true, true, of_o};
  if (!name.starts_with("gpt-5")) return {};
  const bool codex = name.find("codex") != name.npos;
  if (name.starts_with("gpt-5.1")) return {true, true, codex ? std::span<const std::string_view>(of_5_codex) : of_5_1};
  if (name.starts_with("gpt-5.")) return {true, true, of_5_2};
  return {true, true, codex ? std::span<const std::string_view>(of_5_codex) : of_5};
}

std::string nearest_effort(std::string_view asked, const ModelTraits& model, const Quirks& quirks) {
  std::vector<std::string_view> known(quirks.efforts.begin(), quirks.efforts.end());
  if (known.empty()) known.assign(model.efforts.begin(), model.efforts.end());
  if (known.empty() || std::find(known.begin(), known.end(), asked) != known.end()) return std::string(asked);
  const auto distance = [&](std::string_view one) { return std::abs(rank(one) - rank(asked)); };
  return std::string(*std::min_element(known.begin(), known.end(), [&](auto a, auto b) { return distance(a) < distance(b); }));
}

}  // namespace sluice::dialects::responses
