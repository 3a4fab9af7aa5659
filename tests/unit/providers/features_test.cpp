// docs/providers.md tells what each provider makes of each feature: what it says is tried out here.
#include <gtest/gtest.h>

#include "sluice/presets/presets.hpp"
#include "support/generated_section.hpp"
#include "unit/providers/features/answers.hpp"
#include "unit/providers/features/beside_chat.hpp"
#include "unit/providers/features/settings.hpp"

namespace sluice::providers::features {
namespace {

struct Row { std::string name; std::vector<Outcome> cells; };

std::vector<Feature> features_of_chat() {
  std::vector<Feature> all;
  for (const auto& group : {turns(), media(), tools(), server_tools(), thoughts(), thinking_settings(), sampling(), output()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// All that is tried with each column; none of it may be lost.
std::vector<Row> tried(const std::vector<Column>& columns) {
  std::vector<Row> rows;
  const auto add = [&](const auto& feature, auto trial) {
    Row row{feature.name, {}};
    for (const Column& column : columns) {
      const auto provider = make_provider(column.spec);
      row.cells.push_back(trial(column, *provider).of(feature));
      EXPECT_NE(row.cells.back(),
          Outcome::lost) << feature.name << " is lost on the way to " << column.title << ": neither said nor reported";
    }
    rows.push_back(std::move(row));
  };
  for (const Feature& one : features_of_chat()) add(one, [](const auto& c, const auto& p) { return Trial(c, p); });
  for (const auto& one : of_embeddings()) add(one, [](const auto& c, const auto& p) { return SmallTrial(c, p); });
  for (const auto& one : of_rerank()) add(one, [](const auto& c, const auto& p) { return SmallTrial(c, p); });
  return rows;
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string head(const std::vector<std::string>& titles) {
  std::string line = "|", rule = "|";
  for (const std::string& title : titles) line += " " + title + " |", rule += "---|";
  return line + "\n" + rule + "\n";
}

// Types that differ little from another: what they differ in.
struct Likeness { std::size_t column, like; };

std::string differences(const std::vector<Row>& rows, const Column& column, const Column& like, Likeness at) {
  std::string out;
  for (const Row& row : rows) {
    const Outcome here = row.cells[at.column];
    if (here != row.cells[at.like]) out += (out.empty() ? "" : "; ") + row.name + ": " + std::string(word(here));
  }
  return code(column.title) + " is as " + code(like.title) + (out.empty() ? "" : ", but for " + out) + ".\n";
}

std::string models_tried(const std::vector<Column>& columns, std::size_t count) {
  std::string out = "\nTried with these models:";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? " " : "; ") + code(columns[i].title);
    std::vector<std::string> named;
    for (const auto& [ability, model] : columns[i].models) {
      if (std::find(named.begin(), named.end(), model) != named.end()) continue;
      named.push_back(model);
      out += (named.size() == 1 ? " " : ", ") + model;
    }
  }
  return out + ".\n";
}

TEST(ProvidersPage, SaysWhatBecomesOfRequests) {
  constexpr std::size_t shown = 7;
  const std::vector<Column> columns = own_types();
  const std::vector<Row> rows = tried(columns);
  std::vector<std::string> titles = {"feature"};
  for (std::size_t i = 0; i < shown; ++i) titles.push_back(code(columns[i].title));
  std::string text = "\n" + head(titles);
  for (const Row& row : rows) {
    text += "| " + row.name + " |";
    for (std::size_t i = 0; i < shown; ++i) text += " " + std::string(word(row.cells[i])) + " |";
    text += "\n";
  }
  text += "\n";
  for (const Likeness at : {Likeness{7, 0}, Likeness{8, 3}, Likeness{9, 2}}) text += differences(rows, columns[at.column],
      columns[at.like], at);
  test::expect_generated("providers.md", "features", text + models_tried(columns, shown), "unit_providers");
}

TEST(ProvidersPage, SaysWhatCallersSeeOfAnswers) {
  constexpr llm::Dialect callers[] = {llm::Dialect::openai, llm::Dialect::responses, llm::Dialect::anthropic,
                                      llm::Dialect::gemini, llm::Dialect::bedrock,   llm::Dialect::cohere};
  std::vector<std::string> titles = {"in an answer"};
  for (const llm::Dialect one : callers) titles.push_back(code(llm::to_string(one)));
  std::string text = "\n" + head(titles);
  for (const auto& group : {parts_of_answers(), facts_of_answers()}) {
    for (const AnswerFeature& feature : group) {
      text += "| " + feature.name + " |";
      for (const llm::Dialect one : callers) text += " " + std::string(word(seen(one, feature))) + " |";
      text += "\n";
    }
  }
  test::expect_generated("providers.md", "answers", text, "unit_providers");
}

// A model of which a service has no rules of its own.
Column of_service(std::string name) {
  ProviderSpec spec;
  spec.type = name;
  if (name == "snowflake" || name == "databricks") spec.base_url = "https://example.com";
  return {std::move(name), llm::Maker::openai, spec, {{Ability::talk, "any-model"}}};
}

// What nearly all services make of a feature where it is not what the first column makes of it: said once for all.
Outcome usual_of(const Row& row) {
  const Outcome other = row.cells.at(1);
  if (other == Outcome::not_offered) return row.cells[0];
  const auto alike = std::count(row.cells.begin() + 1, row.cells.end(), other);
  const auto asked = row.cells.size() - 1 - static_cast<std::size_t>(std::count(row.cells.begin() + 1, row.cells.end(),
      Outcome::not_offered));
  return other != row.cells[0] && static_cast<std::size_t>(alike) * 10 >= asked * 9 ? other : row.cells[0];
}

std::string joined(const std::vector<Row>& rows, std::size_t column, Outcome outcome) {
  std::string out;
  for (const Row& row : rows) {
    if (row.cells[column] == outcome && usual_of(row) != outcome) out += (out.empty() ? "" : ", ") + row.name;
  }
  return out;
}

std::string usual_differences(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    if (usual_of(row) != row.cells[0]) out += (out.empty() ? "" : "; ") + row.name + ": " + std::string(word(usual_of(row)));
  }
  return "Usually: " + out + ". What else differs from `openai`, or from this:\n";
}

TEST(ProvidersPage, SaysHowServicesDiffer) {
  std::vector<Column> columns = {of_service("openai")};
  for (const presets::Preset& preset : presets::all()) {
    if (preset.name != "openai") columns.push_back(of_service(preset.name));
  }
  const std::vector<Row> rows = tried(columns);
  std::string text = "\n" + usual_differences(rows) + "\n" + head({"type", "exact", "translated", "refused"});
  for (std::size_t i = 1; i < columns.size(); ++i) {
    text += "| " + code(columns[i].title) + " |";
    for (const Outcome outcome : {Outcome::exact, Outcome::translated, Outcome::refused}) text += " "
        + joined(rows, i, outcome) + " |";
    text += "\n";
  }
  test::expect_generated("providers.md", "differences", text, "unit_providers");
}

}  // namespace
}  // namespace sluice::providers::features
