#include "gateway/model_pages.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"
#include "sluice/json/write.hpp"

namespace sluice::gateway {
namespace {

using llm::Dialect;

void append_text(std::string& out, std::string_view key, std::string_view value) {
  out.append(",\"").append(key).append("\":");
  json::append_quoted(out, value);
}

void append_number(std::string& out, std::string_view key, std::int64_t value) {
  out.append(",\"").append(key).append("\":");
  json::append_integer(out, value);
}

// OpenRouter's names (openrouter.ai/docs, Models API). What is charged as the tokens it is part of is not told apart.
void append_pricing(std::string& out, const pricing::Rates& rates) {
  out += ",\"pricing\":{\"prompt\":\"" + dollars_each(rates.input) + "\",\"completion\":\"" + dollars_each(rates.output) + '"';
  const auto apart = [&out](std::string_view name, std::int64_t rate, std::int64_t whole) {
    if (rate != whole) append_text(out, name, dollars_each(rate));
  };
  apart("input_cache_read", rates.cache_read, rates.input);
  apart("input_cache_write", rates.cache_write_5m, rates.input);
  apart("input_audio", rates.input_audio, rates.input);
  apart("output_audio", rates.output_audio, rates.output);
  apart("internal_reasoning", rates.reasoning, rates.output);
  apart("web_search", rates.web_search, 0);
  apart("request", rates.request, 0);
  out += '}';
}

void append_facts(std::string& out, const ModelEntry& model) {
  if (model.context > 0) append_number(out, "context_length", model.context);
  if (model.max_output > 0) append_number(out, "max_output_tokens", model.max_output);
  if (model.rates) append_pricing(out, *model.rates);
  out += '}';
}

std::string_view shown_name(const ModelEntry& model) { return model.display_name.empty() ? std::string_view(model.id) : model.display_name; }

// developers.openai.com: the model object.
void append_openai(std::string& out, const ModelEntry& model) {
  out += "{\"id\":";
  json::append_quoted(out, model.id);
  out += ",\"object\":\"model\"";
  append_number(out, "created", model.created);
  append_text(out, "owned_by", model.owner);
  append_facts(out, model);
}

// docs.anthropic.com: List Models; max_input_tokens and max_tokens where they are known.
void append_anthropic(std::string& out, const ModelEntry& model) {
  out += "{\"type\":\"model\"";
  append_text(out, "id", model.id);
  append_text(out, "display_name", shown_name(model));
  append_text(out, "created_at", format_rfc3339(model.created));
  if (model.context > 0) append_number(out, "max_input_tokens", model.context);
  if (model.max_output > 0) append_number(out, "max_tokens", model.max_output);
  append_facts(out, model);
}

// ai.google.dev: Model. Which methods a model has is not known of others than Google's; by its name an embedding model
// is told from one that writes.
void append_gemini(std::string& out, const ModelEntry& model) {
  out += "{\"name\":";
  json::append_quoted(out, "models/" + model.id);
  append_text(out, "displayName", shown_name(model));
  if (model.context > 0) append_number(out, "inputTokenLimit", model.context);
  if (model.max_output > 0) append_number(out, "outputTokenLimit", model.max_output);
  const bool embeds = model.id.find("embed") != std::string::npos;
  out += embeds ? ",\"supportedGenerationMethods\":[\"embedContent\",\"batchEmbedContents\"]"
                : ",\"supportedGenerationMethods\":[\"generateContent\",\"streamGenerateContent\",\"countTokens\"]";
  append_facts(out, model);
}

void append_model(std::string& out, const ModelEntry& model, Dialect dialect) {
  switch (dialect) {
    case Dialect::anthropic: return append_anthropic(out, model);
    case Dialect::gemini: return append_gemini(out, model);
    default: return append_openai(out, model);
  }
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') return percent_decoded(part.substr(name.size() + 1));
  }
  return {};
}

// At most so many; all where nothing of use is asked for.
std::size_t asked_size(std::string_view text, std::size_t all) {
  std::size_t size = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || size > all) return all;
    size = size * 10 + static_cast<std::size_t>(c - '0');
  }
  return size == 0 ? all : std::min(size, all);
}

struct Page { std::size_t first, last; };

std::size_t behind(std::span<const ModelEntry> models, std::string_view id) {
  const auto found = std::upper_bound(models.begin(), models.end(), id, [](std::string_view wanted, const ModelEntry& m) { return wanted < m.id; });
  return static_cast<std::size_t>(found - models.begin());
}

Page page_of(std::span<const ModelEntry> models, Dialect dialect, std::string_view query) {
  const std::size_t all = models.size();
  if (dialect == Dialect::gemini) {
    const std::size_t first = behind(models, query_value(query, "pageToken"));
    return {first, first + std::min(all - first, asked_size(query_value(query, "pageSize"), all))};
  }
  if (dialect != Dialect::anthropic) return {0, all};
  const std::size_t size = asked_size(query_value(query, "limit"), all);
  const std::string before = query_value(query, "before_id");
  if (!before.empty()) {
    std::size_t end = behind(models, before);
    if (end > 0 && models[end - 1].id == before) --end;
    return {end - std::min(end, size), end};
  }
  const std::size_t first = behind(models, query_value(query, "after_id"));
  return {first, first + std::min(all - first, size)};
}

void append_list(std::string& out, std::span<const ModelEntry> models, Dialect dialect) {
  bool first = true;
  for (const ModelEntry& model : models) {
    if (!first) out += ',';
    first = false;
    append_model(out, model, dialect);
  }
}

void append_id(std::string& out, std::string_view key, std::span<const ModelEntry> models, bool last) {
  if (models.empty()) out.append(",\"").append(key).append("\":null");
  else append_text(out, key, last ? models.back().id : models.front().id);
}

}  // namespace

std::string dollars_each(std::int64_t nano_usd_per_1000) {
  constexpr std::size_t decimals = 12;   // nano is nine, and three for the thousand
  std::string digits = std::to_string(std::max<std::int64_t>(nano_usd_per_1000, 0));
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string out = digits.substr(0, digits.size() - decimals) + '.' + digits.substr(digits.size() - decimals);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string write_model(const ModelEntry& model, Dialect dialect) {
  std::string out;
  append_model(out, model, dialect);
  return out;
}

std::string write_models(std::span<const ModelEntry> models, Dialect dialect, std::string_view query) {
  const Page page = page_of(models, dialect, query);
  const auto shown = models.subspan(page.first, page.last - page.first);
  const bool backwards = !query_value(query, "before_id").empty();
  const bool more = backwards ? page.first > 0 : page.last < models.size();
  std::string out = dialect == Dialect::gemini ? "{\"models\":[" : dialect == Dialect::anthropic ? "{\"data\":[" : "{\"object\":\"list\",\"data\":[";
  append_list(out, shown, dialect);
  out += ']';
  if (dialect == Dialect::anthropic) {
    out += more ? ",\"has_more\":true" : ",\"has_more\":false";
    append_id(out, "first_id", shown, false);
    append_id(out, "last_id", shown, true);
  } else if (dialect == Dialect::gemini && more && !shown.empty()) {
    append_text(out, "nextPageToken", shown.back().id);
  }
  out += '}';
  return out;
}

}  // namespace sluice::gateway
