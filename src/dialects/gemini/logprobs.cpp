// Log probabilities: Google's two parallel lists and OpenAI's one.
#include <array>
#include <optional>
#include <vector>

#include "dialects/gemini/answer.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

// Scanning does not look into values, and an answer is written into events of one line.
bool is_whole(std::string_view raw, json::Kind kind) { return json::kind_of(raw) == kind && !json::validate(raw); }

struct Token { std::string_view text, probability; };

// {"token","tokenId","logProbability"} or {"token","logprob","bytes"}.
Token read_token(std::string_view raw) {
  Token token;
  json::each_member(raw, [&token](std::string_view key, std::string_view value) {
    if (key == "token") token.text = value;
    else if (key == "logProbability" || key == "logprob") token.probability = value;
  });
  if (!is_whole(token.text, json::Kind::string)) token.text = "\"\"";
  if (!is_whole(token.probability, json::Kind::number)) token.probability = "0";   // protobuf leaves out what is zero
  return token;
}

void append_openai(std::string& out, const Token& token) {
  out.append("{\"token\":").append(token.text).append(",\"logprob\":").append(token.probability).append(",\"bytes\":null");
}

void append_google(std::string& out, const Token& token) {
  out.append("{\"token\":").append(token.text).append(",\"logProbability\":").append(token.probability).append("}");
}

void begin_element(std::string& list) {
  if (!list.empty()) list += ',';
}

}  // namespace

std::string read_logprobs(std::string_view raw) {
  std::string_view chosen;
  std::vector<std::string_view> tops;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "chosenCandidates") chosen = value;
    if (key != "topCandidates") return;
    json::each_element(value, [&tops](std::string_view top) { tops.push_back(json::find(top, "candidates").value_or("")); });
  });
  if (json::kind_of(chosen) != json::Kind::array) return {};
  std::string content;
  std::size_t index = 0;
  json::each_element(chosen, [&](std::string_view one) {
    begin_element(content);
    append_openai(content, read_token(one));
    std::string list;
    if (index < tops.size()) {
      json::each_element(tops[index], [&list](std::string_view top) {
        begin_element(list);
        append_openai(list, read_token(top));
        list += '}';
      });
    }
    content.append(",\"top_logprobs\":[").append(list).append("]}");
    ++index;
  });
  return "{\"content\":[" + content + "],\"refusal\":null}";
}

std::string write_logprobs(std::string_view openai) {
  std::string chosen, tops;
  json::each_element(json::find(openai, "content").value_or(""), [&](std::string_view one) {
    begin_element(chosen);
    append_google(chosen, read_token(one));
    std::string list;
    json::each_element(json::find(one, "top_logprobs").value_or(""), [&list](std::string_view top) {
      begin_element(list);
      append_google(list, read_token(top));
    });
    begin_element(tops);
    tops.append("{\"candidates\":[").append(list).append("]}");
  });
  if (chosen.empty()) return {};
  return "{\"topCandidates\":[" + tops + "],\"chosenCandidates\":[" + chosen + "]}";
}

std::int64_t read_time(std::string_view text) {
  // Digits of the template; a fraction of a second and the zone (always Z) stand behind it.
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (text.size() < form.size()) return 0;
  std::array<std::int64_t, 6> fields{};
  std::size_t field = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '0') {
      if (text[i] != form[i]) return 0;
      ++field;
    } else if (text[i] < '0' || text[i] > '9') {
      return 0;
    } else {
      fields[field] = fields[field] * 10 + (text[i] - '0');
    }
  }
  const auto [year, month, day, hour, minute, second] = fields;
  if (month < 1 || month > 12 || year < 1970) return 0;
  // Days since 1970-01-01 of a civil date, counting years from March.
  const std::int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace sluice::dialects::gemini
