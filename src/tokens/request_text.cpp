#include "tokens/request_text.hpp"

namespace sluice::tokens {
namespace {

// Bounds from recorded answers: what is written around the definitions of a request, around one, around a schema and
// around one call with its result (the newest models write the longest frames).
constexpr std::int64_t around_tools = 64, around_tool = 8, around_schema = 16, around_call = 24, around_choice = 8;

// Definitions and schemas are written out as TypeScript, where an alternative of an enumeration costs up to two tokens
// more than in JSON.
std::int64_t alternatives(std::string_view raw) {
  std::int64_t found = 0;
  for (std::size_t at = raw.find(','); at != std::string_view::npos; at = raw.find(',', at + 1)) {
    const std::size_t next = raw.find_first_not_of(" \t\r\n", at + 1);
    if (next == std::string_view::npos || raw[next] == '{') continue;
    if (raw[next] != '"' || (at > 0 && raw[at - 1] == '"')) ++found;
  }
  return 2 * found;
}

bool is_text_part(std::string_view type) {
  return type == "text" || type == "input_text" || type == "output_text" || type == "refusal" || type == "summary_text" ||
         type == "reasoning_text";
}

}  // namespace

std::string text_of(std::string_view object, std::string_view name) {
  std::string out;
  each_named(object, [&](std::string_view key, std::string_view value) {
    if (key == name) out = json::unquoted(value).value_or(std::string());
  });
  return out;
}

void RequestText::text(std::string_view value) {
  const json::Kind kind = json::kind_of(value);
  if (kind == json::Kind::null) return;
  if (kind != json::Kind::string) {
    json(value);
    return not_only_text();
  }
  if (value.find('\\') == std::string_view::npos) return add(count(x_vocabulary, value.substr(1, value.size() - 2)));
  x_unquoted.clear();
  if (json::unquote(value, x_unquoted)) return add(count(x_vocabulary, x_unquoted));
  add(static_cast<std::int64_t>(value.size()));
  not_only_text();
}

void RequestText::json(std::string_view value) { add(count(x_vocabulary, value)); }

void RequestText::content(std::string_view value) {
  const json::Kind kind = json::kind_of(value);
  if (kind == json::Kind::object) return part(value);
  if (kind != json::Kind::array) return text(value);
  json::each_element(value, [&](std::string_view one) {
    if (json::kind_of(one) == json::Kind::object) part(one);
    else text(one);
  });
}

void RequestText::part(std::string_view object) {
  const std::string type = text_of(object, "type");
  if (!type.empty() && !is_text_part(type)) return not_only_text();
  each_named(object, [&](std::string_view key, std::string_view value) {
    if (key == "text" || key == "refusal") text(value);
  });
}

void RequestText::prompt(std::string_view value) {
  const json::Kind kind = json::kind_of(value);
  if (kind == json::Kind::number) return add(1);
  if (kind != json::Kind::array) return text(value);
  json::each_element(value, [&](std::string_view one) {
    const json::Kind inner = json::kind_of(one);
    if (inner == json::Kind::number) return add(1);
    if (inner != json::Kind::array) return text(one);
    json::each_element(one, [&](std::string_view number) {
      if (json::kind_of(number) == json::Kind::number) add(1);
      else not_only_text();
    });
  });
}

void RequestText::tools(std::string_view list) {
  bool any = false;
  json::each_element(list, [&](std::string_view tool) {
    any = true;
    const std::string type = text_of(tool, "type");
    if (!type.empty() && type != "function" && type != "custom") not_only_text();
    json(tool);
    add(around_tool + alternatives(tool));
  });
  if (any) add(around_tools);
}

void RequestText::schema(std::string_view format) {
  if (text_of(format, "type") != "json_schema") return;
  json(format);
  add(around_schema + alternatives(format));
}

void RequestText::choice(std::string_view value) {
  if (json::kind_of(value) != json::Kind::object) return;
  json(value);
  add(around_choice);
}

void RequestText::call(std::string_view function) {
  add(around_call);
  each_named(function, [&](std::string_view key, std::string_view value) {
    if (key == "arguments" || key == "input") text(value);
    if (key != "name") return;
    text(value);
    text(value);   // once more before the function's result
  });
}

}  // namespace sluice::tokens
