#include "gateway/read_model_list.hpp"

#include <algorithm>
#include <array>

#include "sluice/base/time.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::gateway {
namespace {

constexpr std::size_t most_models = 20'000;
constexpr std::size_t longest_name = 256;

// As model names of the configuration are: they go into headers and bodies.
bool usable_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && name.find('*') == name.npos &&
         std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

template <std::size_t N>
bool one_of(std::string_view key, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

// Members that say how much a model takes and gives, as services name them.
constexpr std::array<std::string_view, 7> context_names = {"context_length",     "context_window",   "max_context_length", "max_model_len",
                                                           "max_input_tokens", "inputTokenLimit", "context_size"};
constexpr std::array<std::string_view, 4> output_names = {"max_output_tokens", "max_completion_tokens", "outputTokenLimit", "max_tokens"};

std::int64_t count(std::string_view raw) { return std::clamp<std::int64_t>(json::to_integer(raw).value_or(0), 0, 1'000'000'000'000); }

void read_limit(std::string_view key, std::string_view raw, ListedModel& out) {
  if (out.context == 0 && one_of(key, context_names)) out.context = count(raw);
  else if (out.max_output == 0 && one_of(key, output_names)) out.max_output = count(raw);
}

std::int64_t read_time(std::string_view raw) {
  if (const auto seconds = json::to_integer(raw)) {
    constexpr std::int64_t year_5000 = 95'617'584'000;   // Databricks tells milliseconds
    return *seconds > year_5000 ? *seconds / 1000 : std::max<std::int64_t>(*seconds, 0);
  }
  const auto text = json::unquoted(raw);
  return text ? parse_rfc3339(*text).value_or(0) : 0;
}

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(std::string()); }

void read_model(std::string_view raw, ListedModels& out) {
  ListedModel model;
  std::string name;
  const bool whole = json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "id") model.id = text_of(value);
    else if (key == "name") name = text_of(value);
    else if (key == "display_name" || key == "displayName") model.display_name = text_of(value);
    else if (key == "created" || key == "created_at" || key == "creation_timestamp") model.created = read_time(value);
    else if (key == "limits" || key == "top_provider") json::each_member(value, [&](std::string_view k, std::string_view v) { read_limit(k, v, model); });
    else read_limit(key, value, model);
  });
  if (!whole) return;
  constexpr std::string_view prefix = "models/";   // Gemini's
  if (model.id.empty()) model.id = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
  else if (model.display_name.empty() && name != model.id) model.display_name = name;
  if (model.display_name.size() > longest_name) model.display_name.clear();
  if (usable_name(model.id) && out.size() < most_models) out.push_back(std::move(model));
}

void read_mark(std::string_view body, std::string& next) {
  std::string last_id;
  bool more = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "nextPageToken" || key == "next_page_token") next = text_of(value);
    else if (key == "has_more") more = value == "true";
    else if (key == "last_id") last_id = text_of(value);
  });
  if (more && next.empty()) next = std::move(last_id);
}

}  // namespace

Result<ModelListPage> read_model_list(std::string_view body) {
  const Error strange(Code::upstream_failed, "its answer is no list of models");
  if (json::validate(body)) return strange;
  std::string_view list = body;
  if (json::kind_of(body) == json::Kind::object) {
    list = {};
    for (const std::string_view name : {"data", "models", "endpoints"})
      if (const auto found = json::find(body, name); found && list.empty() && json::kind_of(*found) == json::Kind::array) list = *found;
  }
  ModelListPage page;
  if (!json::each_element(list, [&](std::string_view raw) { read_model(raw, page.models); })) return strange;
  if (json::kind_of(body) == json::Kind::object) read_mark(body, page.next);
  return page;
}

}  // namespace sluice::gateway
