// Reads config/presets.json. Everything in it is checked here, so that nothing later has to.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "sluice/presets/presets.hpp"

namespace sluice::presets {
namespace {

using nlohmann::json;

struct Refused { std::string message; };   // thrown and caught in this file: the reader is deep and runs once

[[noreturn]] void refuse(const std::string& where, const std::string& what) { throw Refused{"presets.json: " + where + ": " + what}; }

template <class T>
T get(const json& value, const std::string& where, const char* wanted) {
  const auto* found = value.get_ptr<const T*>();
  if (found == nullptr) refuse(where, std::string("must be ") + wanted);
  return *found;
}
std::string text(const json& value, const std::string& where) {
  auto found = get<std::string>(value, where, "text");
  if (found.empty()) refuse(where, "must not be empty");
  return found;
}
std::vector<std::string> texts(const json& value, const std::string& where) {
  if (!value.is_array()) refuse(where, "must be a list");
  std::vector<std::string> found;
  for (const json& item : value) found.push_back(text(item, where));
  return found;
}
const json& object(const json& value, const std::string& where) {
  if (!value.is_object()) refuse(where, "must be an object");
  return value;
}

QuirkValue quirk_value(const QuirkField& field, const json& value, const std::string& where) {
  switch (field.member.index()) {
    case 0: return get<bool>(value, where, "true or false");
    case 1: {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 256) refuse(where, "must be a whole number up to 256");
      return value.get<std::int64_t>();
    }
    case 2: {
      auto word = text(value, where);
      if (word == "none") return std::string();
      if (!field.words.empty() && std::find(field.words.begin(), field.words.end(), word) == field.words.end()) refuse(where, "is no word for this: " + word);
      return word;
    }
    case 3: return texts(value, where);
    default: {
      Renames renames;
      for (const auto& [from, to] : object(value, where).items()) renames.emplace_back(from, text(to, where + "." + from));
      return renames;
    }
  }
}

std::vector<QuirkSetting> quirk_settings(const json& value, const std::string& where) {
  std::vector<QuirkSetting> settings;
  for (const auto& [name, member] : object(value, where).items()) {
    const auto known = quirk_fields();
    const auto field = std::find_if(known.begin(), known.end(), [&, &wanted = name](const QuirkField& f) { return f.name == wanted; });
    if (field == known.end()) refuse(where + "." + name, "is no quirk");
    settings.push_back({&*field, quirk_value(*field, member, where + "." + name)});
  }
  return settings;
}

QuirkRules::ForModels for_models(const json& value, const std::string& where) {
  QuirkRules::ForModels made;
  for (const auto& [name, member] : object(value, where).items()) {
    if (name == "match") made.pattern = text(member, where + ".match");
    else if (name == "quirks") made.settings = quirk_settings(member, where + ".quirks");
    else refuse(where + "." + name, "is no member of this");
  }
  if (made.pattern.empty() || made.settings.empty()) refuse(where, "needs match and quirks");
  return made;
}

std::string path_of(const json& value, const std::string& where) {
  auto path = text(value, where);
  if (path.front() != '/' || path.find_first_of(" ?#") != path.npos) refuse(where, "must be a path");
  return path;
}

void read_paths(const json& value, const std::string& where, Preset& out) {
  for (const auto& [name, member] : object(value, where).items()) {
    Offer one;
    auto path = path_of(member, where + "." + name);
    if (name == "responses") {
      out.responses_path = std::move(path);
      continue;
    }
    bool found = false;
    for (unsigned i = 0; i <= static_cast<unsigned>(llm::Operation::translations); ++i) {
      const auto operation = static_cast<llm::Operation>(i);
      if (llm::to_string(operation) != name) continue;
      out.paths.emplace_back(operation, path);
      found = true;
    }
    if (!found) refuse(where + "." + name, "is no operation");
  }
}

void read_listing(const json& value, const std::string& where, Listing& out) {
  if (value.is_null()) {
    out.path.clear();
    return;
  }
  for (const auto& [name, member] : object(value, where).items()) {
    if (name == "path") out.path = path_of(member, where + ".path");
    else if (name == "from_host") out.from_host = get<bool>(member, where + ".from_host", "true or false");
    else refuse(where + "." + name, "is no member of this");
  }
}

struct Member {
  std::string_view name;
  void (*read)(const json&, const std::string& where, Preset&);
};

constexpr Member members[] = {
    {"name", [](const json& v, const std::string& w, Preset& out) { out.name = text(v, w); }},
    {"title", [](const json& v, const std::string& w, Preset& out) { out.title = text(v, w); }},
    {"base_url", [](const json& v, const std::string& w, Preset& out) { out.base_url = text(v, w); }},
    {"base_url_form", [](const json& v, const std::string& w, Preset& out) { out.base_url_form = text(v, w); }},
    {"base_url_env", [](const json& v, const std::string& w, Preset& out) { out.base_url_env = text(v, w); }},
    {"api_key_env", [](const json& v, const std::string& w, Preset& out) { out.api_key_env = text(v, w); }},
    {"key_required", [](const json& v, const std::string& w, Preset& out) { out.key_required = get<bool>(v, w, "true or false"); }},
    {"auth_header", [](const json& v, const std::string& w, Preset& out) { out.auth_header = text(v, w); }},
    {"operations", [](const json& v, const std::string& w, Preset& out) {
       for (const auto& name : texts(v, w))
         if (!out.operations.add(name)) refuse(w, "there is no operation " + name);
     }},
    {"paths", read_paths},
    {"list_models", [](const json& v, const std::string& w, Preset& out) { read_listing(v, w, out.models); }},
    {"quirks", [](const json& v, const std::string& w, Preset& out) { out.quirks.all = quirk_settings(v, w); }},
    {"models", [](const json& v, const std::string& w, Preset& out) {
       if (!v.is_array()) refuse(w, "must be a list");
       for (const json& item : v) out.quirks.models.push_back(for_models(item, w));
     }},
    {"note", [](const json& v, const std::string& w, Preset& out) { out.note = text(v, w); }},
    {"source", [](const json& v, const std::string& w, Preset& out) { out.source = texts(v, w); }},
};

void check(const Preset& preset, const std::string& where) {
  if (preset.name.empty() || preset.title.empty()) refuse(where, "needs a name and a title");
  if (preset.source.empty()) refuse(where, "needs its source");
  if (preset.operations.empty()) refuse(where, "needs operations");
  if (preset.base_url.empty() == preset.base_url_form.empty()) refuse(where, "needs either base_url or base_url_form");
  if (preset.base_url.ends_with('/')) refuse(where, "the base_url must not end with a slash");
  if (preset.key_required && preset.api_key_env.empty()) refuse(where, "needs api_key_env");
}

Preset read_preset(const json& value, const std::string& where) {
  Preset preset;
  for (const auto& [name, member] : object(value, where).items()) {
    const auto known = std::find_if(std::begin(members), std::end(members), [&, &wanted = name](const Member& m) { return m.name == wanted; });
    if (known == std::end(members)) refuse(where + "." + name, "is no member of a preset");
    known->read(member, where + "." + name, preset);
  }
  check(preset, where);
  return preset;
}

std::vector<Preset> read_file(const json& file) {
  if (file.value("format", 0) != 1) refuse("format", "must be 1");
  std::vector<Preset> presets;
  std::set<std::string> names;
  for (const auto& [name, value] : file.items()) {
    if (name == "format" || name == "about") continue;
    if (name != "presets" || !value.is_array()) refuse(name, "is no member of the file");
    for (const json& item : value) {
      presets.push_back(read_preset(item, "presets[" + std::to_string(presets.size()) + "]"));
      if (!names.insert(presets.back().name).second) refuse(presets.back().name, "stands there twice");
    }
  }
  return presets;
}

}  // namespace

Result<std::vector<Preset>> parse(std::string_view text) {
  try {
    return read_file(json::parse(text));
  } catch (const Refused& refused) {
    return Error(Code::internal, refused.message);
  } catch (const json::exception& broken) {   // nlohmann's way to tell; not on the request path
    return Error(Code::internal, std::string("presets.json: ") + broken.what());
  }
}

}  // namespace sluice::presets
