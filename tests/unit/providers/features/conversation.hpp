// What stands in the messages of a request.
#pragma once
#include <utility>

#include "unit/providers/features/feature.hpp"
#include "unit/providers/features/telling.hpp"

namespace sluice::providers::features {

// A pixel, and a document that begins like one: only the form of such data is looked at.
constexpr const char* pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
constexpr const char* some_pdf = "JVBERi0xLjQKJSVFT0YK";
constexpr const char* some_sound = "UklGRiQAAABXQVZFZm10IBAAAAABAAEA";

inline std::string told_turns(const Chat& chat) {
  std::string out;
  for (const llm::Message& one : chat.messages) {
    out += (out.empty() ? "" : " | ") + tell(one.role) + ":";
    for (const llm::Part& part : one.parts) {
      if (const auto* text = std::get_if<llm::Text>(&part)) out += " " + text->text;
    }
  }
  return out;
}

inline std::string told_names(const Chat& chat) {
  std::string out;
  for (const llm::Message& one : chat.messages) out += one.name + ";";
  return out;
}

template <class Kind>
std::string told_parts(const Chat& chat) { return tell_all<Kind>(chat.messages); }

// A part beside what the user says.
template <class Kind>
Feature part_of_user(std::string name, Kind part, Ability needs = Ability::talk) {
  const auto put = [part](Chat& chat, const Column&) { chat.messages.back().parts.emplace_back(part); };
  return {std::move(name), put, told_parts<Kind>, needs};
}

inline std::string told_ids(const Chat& chat);
inline Feature kept(Feature feature) {   // by a provider: its ids are good at OpenAI's two APIs
  feature.told = told_ids;
  feature.other_caller = llm::Dialect::responses;
  return feature;
}

// In either form that dialects have for them.
inline std::string told_ids(const Chat& chat) {
  std::string out;
  for (const llm::Part& part : chat.messages.back().parts) {
    if (const auto* image = std::get_if<llm::Image>(&part)) out += image->file_id + ";";
    if (const auto* file = std::get_if<llm::File>(&part)) out += file->file_id + ";";
  }
  return out;
}

inline std::string told_detail(const Chat& chat) {
  std::string out;
  for (const llm::Part& part : chat.messages.back().parts) {
    if (const auto* image = std::get_if<llm::Image>(&part)) out += image->detail + ";";
  }
  return out;
}

template <class Told>
std::function<std::string(const Chat&)> of_files(Told told) {
  return [told](const Chat& chat) {
    std::string out;
    for (const llm::Message& one : chat.messages) {
      for (const llm::Part& part : one.parts) {
        if (const auto* file = std::get_if<llm::File>(&part)) out += told(*file) + ";";
      }
    }
    return out;
  };
}

inline llm::File text_document() {
  llm::File file;
  file.media_type = "text/plain";
  file.text = "Paris lies on the Seine.";
  return file;
}

inline llm::File search_result() {
  llm::File file = text_document();
  file.name = "Paris";
  file.source = "https://example.com/paris";
  return file;
}

// Each part of an answer before, and the user's next message.
inline std::function<void(Chat&, const Column&)> answered_before(std::function<std::vector<llm::Part>(const Column&)> parts) {
  return [parts = std::move(parts)](Chat& chat, const Column& column) {
    llm::Message answer;
    answer.role = llm::Role::assistant;
    answer.parts = parts(column);
    chat.messages.push_back(answer);
    chat.messages.push_back(says(llm::Role::user, "Go on."));
  };
}

inline Feature thinking(std::string name, std::function<llm::Thinking(const Column&)> made) {
  const auto parts = [made = std::move(made)](const Column& column) {
      return std::vector<llm::Part>{made(column), llm::Text{"Yes."}}; };
  const auto prepare = [](Chat& chat) { chat.reasoning_effort = "high"; };
  return {std::move(name), answered_before(parts), told_parts<llm::Thinking>, Ability::think, prepare};
}

inline llm::Maker own_maker(const Column& column) { return column.maker == llm::Maker::unknown ? llm::Maker::openai
    : column.maker; }
inline llm::Maker another_maker(const Column& column) {
  return column.maker == llm::Maker::google ? llm::Maker::anthropic : llm::Maker::google;
}

inline std::vector<Feature> turns() {
  using llm::Role;
  const auto system_first = [](Chat& chat) { chat.messages.insert(chat.messages.begin(), says(Role::system, "Be brief.")); };
  return {
      {"system prompt", [=](Chat& chat, const Column&) { system_first(chat); }, told_turns},
      {"developer role", [](Chat& chat, const Column&) { chat.messages.insert(chat.messages.begin(),
          says(Role::developer, "Be brief.")); }, told_turns},
      {"system message in the middle", [](Chat& chat, const Column&) {
         chat.messages.push_back(says(Role::assistant, "Yes."));
         chat.messages.push_back(says(Role::system, "Be polite."));
         chat.messages.push_back(says(Role::user, "Go on."));
       }, told_turns, Ability::talk, system_first},
      {"several turns", answered_before([](const Column&) { return std::vector<llm::Part>{llm::Text{"Yes."}}; }), told_turns},
      {"answer begun by the caller", [](Chat& chat, const Column&) { chat.messages.push_back(says(Role::assistant, "It is"));
          }, told_turns},
      {"name of a message", [](Chat& chat, const Column&) { chat.messages.front().name = "Ada"; }, told_names},
      {"refusal in an earlier turn", answered_before([](const Column&) { return std::vector<llm::Part>{llm::Refusal{"No."}};
          }), told_parts<llm::Refusal>},
  };
}

inline std::vector<Feature> media() {
  using enum Ability;
  llm::Image data{"image/png", pixel, "", ""}, linked{"", "", "https://example.com/a.png", ""}, stored{"", "", "", ""};
  stored.file_id = "file-1";
  const llm::File pdf{"application/pdf", some_pdf, "", "a.pdf", ""}, linked_pdf{"application/pdf", "", "", "a.pdf",
      "https://example.com/a.pdf"},
      stored_pdf{"", "", "file-2", "", ""}, video{"video/mp4", some_sound, "", "", ""};
  return {
      part_of_user("image as data", data, see),
      part_of_user("image by URL", linked, see),
      kept(part_of_user("image by file id", stored, see)),
      {"detail of an image", [](Chat& chat, const Column&) {
          std::get<llm::Image>(chat.messages.back().parts.back()).detail = "high"; }, told_detail,
       see, [data](Chat& chat) { chat.messages.back().parts.emplace_back(data); }},
      part_of_user("audio", llm::Audio{"wav", some_sound}, hear),
      part_of_user("video as data", video),
      part_of_user("PDF as data", pdf),
      part_of_user("PDF by URL", linked_pdf),
      kept(part_of_user("PDF by file id", stored_pdf)),
      part_of_user("document as text", text_document()),
      {"title of a document", [](Chat& chat, const Column&) {
          std::get<llm::File>(chat.messages.back().parts.back()).name = "Paris"; },
       of_files([](const llm::File& file) { return file.name; }), talk,
           [](Chat& chat) { chat.messages.back().parts.emplace_back(text_document()); }},
      part_of_user("search result", search_result()),
      {"citations of a document", [](Chat& chat, const Column&) {
          std::get<llm::File>(chat.messages.back().parts.back()).cite = true; },
       of_files([](const llm::File& file) { return std::string(file.cite ? "cite" : ""); }), talk,
       [](Chat& chat) { chat.messages.back().parts.emplace_back(text_document()); }},
  };
}

inline std::vector<Feature> thoughts() {
  const auto mark = [](bool hour) {
    return [hour](Chat& chat, const Column&) { chat.messages.back().parts.emplace_back(llm::CacheMark{hour}); };
  };
  return {
      thinking("signed thoughts of its own models", [](const Column& c) {
          return llm::Thinking{"Hm.", "c2lnbmVk", false, own_maker(c), {}}; }),
      thinking("signed thoughts of others' models", [](const Column& c) {
          return llm::Thinking{"Hm.", "c2lnbmVk", false, another_maker(c), {}}; }),
      thinking("thoughts without a signature", [](const Column&) { return llm::Thinking{"Hm.", "", false,
          llm::Maker::unknown, {}}; }),
      thinking("redacted thoughts of its own models", [](const Column& c) {
          return llm::Thinking{"", "c2lnbmVk", true, own_maker(c), {}}; }),
      {"prompt-cache mark", mark(false), told_parts<llm::CacheMark>},
      {"prompt-cache mark for an hour", mark(true), told_parts<llm::CacheMark>},
  };
}

}  // namespace sluice::providers::features
