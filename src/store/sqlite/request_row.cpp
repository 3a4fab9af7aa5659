#include "store/sqlite/request_row.hpp"

#include <nlohmann/json.hpp>

#include "sluice/json/write.hpp"

namespace sluice::store {

const std::string_view insert_request =
    "INSERT OR IGNORE INTO requests (id, at_us, key_id, account, team, operation, dialect, model_asked, model_served,"
    " target, provider, stream, status, error, error_message, attempts, input_tokens, cache_read_tokens,"
    " cache_write_5m_tokens, cache_write_1h_tokens, input_audio_tokens, output_tokens, reasoning_tokens,"
    " output_audio_tokens, web_searches, reported_cost_nano_usd, estimated, cost_nano_usd, priced, price_version,"
    " first_byte_us, total_us, gateway_us, bytes_in, bytes_out, cache, dropped, peer,"
    " customer, tags, search_units) VALUES"
    " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

const std::string_view select_requests =
    "SELECT row, id, at_us, key_id, account, team, operation, dialect, model_asked, model_served,"
    " target, provider, stream, status, error, error_message, attempts, input_tokens, cache_read_tokens,"
    " cache_write_5m_tokens, cache_write_1h_tokens, input_audio_tokens, output_tokens, reasoning_tokens,"
    " output_audio_tokens, web_searches, reported_cost_nano_usd, estimated, cost_nano_usd, priced, price_version,"
    " first_byte_us, total_us, gateway_us, bytes_in, bytes_out, cache, dropped, peer,"
    " customer, tags, search_units FROM requests";

namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":");
  json::append_quoted(out, text);
}

void append_member(std::string& out, std::string_view name, std::int64_t number) {
  out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":");
  json::append_integer(out, number);
}

void attempts_to_json(std::string& out, const std::vector<AttemptRecord>& attempts) {
  out = "[";
  for (const auto& a : attempts) {
    out += out.size() > 1 ? ",{" : "{";
    append_member(out, "target", a.target);
    append_member(out, "provider", a.provider);
    append_member(out, "model", a.model);
    append_member(out, "status", a.status);
    append_member(out, "error", a.error);
    append_member(out, "duration_us", a.duration_us);
    if (a.may_have_run) out += ",\"may_have_run\":true";
    if (a.cost_nano_usd != 0) append_member(out, "cost_nano_usd", a.cost_nano_usd);
    out += '}';
  }
  out += ']';
}

template <class T>
T member(const nlohmann::json& object, const char* name, T otherwise) {
  const auto found = object.find(name);
  if (found == object.end()) return otherwise;
  if constexpr (std::is_same_v<T, std::string>) return found->is_string() ? found->get<std::string>() : otherwise;
  else if constexpr (std::is_same_v<T, bool>) return found->is_boolean() ? found->get<bool>() : otherwise;
  else return found->is_number_integer() ? found->get<T>() : otherwise;
}

std::vector<AttemptRecord> attempts_from_json(const std::string& text) {
  std::vector<AttemptRecord> attempts;
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return attempts;
  for (const auto& item : list) {
    if (!item.is_object()) continue;
    auto& a = attempts.emplace_back();
    a.target = member(item, "target", std::string());
    a.provider = member(item, "provider", std::string());
    a.model = member(item, "model", std::string());
    a.status = member(item, "status", 0);
    a.error = member(item, "error", std::string());
    a.duration_us = member(item, "duration_us", std::int64_t{0});
    a.may_have_run = member(item, "may_have_run", false);
    a.cost_nano_usd = member(item, "cost_nano_usd", std::int64_t{0});
  }
  return attempts;
}

}  // namespace

std::string names_to_json(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const auto& name : names) {
    if (out.size() > 1) out += ',';
    json::append_quoted(out, name);
  }
  return out += ']';
}

std::vector<std::string> names_from_json(const std::string& text) {
  std::vector<std::string> names;
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return names;
  for (const auto& item : list)
    if (item.is_string()) names.push_back(item.get<std::string>());
  return names;
}

void RequestBinder::text(Statement& s, std::string_view value) {
  Column& column = x_columns[x_at++];
  if (column.bound && column.text == value) return;
  column.text = value;
  column.bound = true;
  s.bind(static_cast<int>(x_at), std::string_view(column.text));
}

void RequestBinder::number(Statement& s, std::int64_t value) {
  Column& column = x_columns[x_at++];
  if (column.bound && column.number == value) return;
  column.number = value;
  column.bound = true;
  s.bind(static_cast<int>(x_at), value);
}

void RequestBinder::bind(Statement& s, const RequestRecord& r) {
  attempts_to_json(x_attempts, r.attempts);
  const auto& u = r.usage;
  x_at = 0;
  const auto texts = [&](auto&&... values) { (text(s, values), ...); };
  const auto numbers = [&](auto&&... values) { (number(s, static_cast<std::int64_t>(values)), ...); };
  texts(r.id), numbers(r.at_us), texts(r.key_id, r.account, r.team, r.operation, r.dialect);
  texts(r.model_asked, r.model_served, r.target, r.provider), numbers(r.stream, r.status);
  texts(r.error, r.error_message, x_attempts), numbers(u.input, u.cache_read, u.cache_write_5m, u.cache_write_1h);
  numbers(u.input_audio, u.output, u.reasoning, u.output_audio, u.web_searches);
  if (u.reported_cost_nano_usd) {
    numbers(*u.reported_cost_nano_usd);
  } else {
    x_columns[x_at++].bound = false;
    s.bind_null(static_cast<int>(x_at));
  }
  numbers(u.estimated, r.cost_nano_usd, r.priced), texts(r.price_version);
  numbers(r.first_byte_us, r.total_us, r.gateway_us, r.bytes_in, r.bytes_out);
  texts(r.cache, r.dropped.empty() ? std::string("[]") : names_to_json(r.dropped), r.peer, r.customer);
  texts(r.tags.empty() ? std::string_view("[]") : std::string_view(x_tags = names_to_json(r.tags)));
  numbers(u.search_units);
}

LogRow read_request(const Statement& s) {
  LogRow row;
  auto& r = row.record;
  auto& u = r.usage;
  int at = 0;
  row.row = s.integer(at);
  const auto text = [&](std::string& value) { value = s.text(++at); };
  const auto number = [&](std::int64_t& value) { value = s.integer(++at); };
  text(r.id), number(r.at_us), text(r.key_id), text(r.account), text(r.team), text(r.operation), text(r.dialect);
  text(r.model_asked), text(r.model_served), text(r.target), text(r.provider);
  r.stream = s.integer(++at) != 0;
  r.status = static_cast<int>(s.integer(++at));
  text(r.error), text(r.error_message);
  r.attempts = attempts_from_json(s.text(++at));
  number(u.input), number(u.cache_read), number(u.cache_write_5m), number(u.cache_write_1h), number(u.input_audio);
  number(u.output), number(u.reasoning), number(u.output_audio), number(u.web_searches);
  if (!s.is_null(++at)) u.reported_cost_nano_usd = s.integer(at);
  u.estimated = s.integer(++at) != 0;
  number(r.cost_nano_usd);
  r.priced = s.integer(++at) != 0;
  text(r.price_version), number(r.first_byte_us), number(r.total_us), number(r.gateway_us), number(r.bytes_in);
  number(r.bytes_out), text(r.cache);
  r.dropped = names_from_json(s.text(++at));
  text(r.peer), text(r.customer);
  r.tags = names_from_json(s.text(++at));
  number(u.search_units);
  return row;
}

Result<> read_rows(sqlite3* db, std::int64_t since_us, const std::function<void(const RequestRecord&)>& each) {
  auto s = Statement::prepare(db, std::string(select_requests) + " WHERE at_us >= ?1 ORDER BY row");
  if (!s) return std::move(s).error();
  s->bind(1, since_us);
  for (;;) {
    auto row = s->step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    each(read_request(*s).record);
  }
}

}  // namespace sluice::store
