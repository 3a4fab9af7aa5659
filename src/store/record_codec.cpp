#include "store/record_codec.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sluice::store {
namespace {

static_assert(std::endian::native == std::endian::little, "journal integers are little-endian");

constexpr std::uint8_t format_version = 2;   // 1 had not what visit_second() lists
constexpr std::uint8_t open_format = 3;      // an open record: visit_open()
constexpr std::size_t id_limit = 256, message_limit = 2048, reason_limit = 512;
constexpr std::size_t attempts_limit = 32, dropped_limit = 64, tags_limit = 64, charges_limit = 1024;
static_assert(sizeof(Charge) == 24 && std::is_trivially_copyable_v<Charge>, "charges are written as they lie in memory");

[[gnu::noinline]] std::string_view cut_longer(const std::string& text, std::size_t limit) {
  std::size_t end = limit;
  while (end > limit - 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string_view(text).substr(0, end);
}

// The longest prefix of at most `limit` bytes that does not end inside a UTF-8 character.
inline std::string_view cut(const std::string& text, std::size_t limit) {
  return text.size() <= limit ? std::string_view(text) : cut_longer(text, limit);
}

// The format: one list of the fields for measuring, writing and reading alike.
template <class Usage, class Visitor>
void visit_usage(Usage& u, Visitor& v) {
  v.number(u.input), v.number(u.cache_read), v.number(u.cache_write_5m), v.number(u.cache_write_1h);
  v.number(u.input_audio), v.number(u.output), v.number(u.reasoning), v.number(u.output_audio),
      v.number(u.web_searches);
  v.maybe(u.reported_cost_nano_usd), v.number(u.estimated);
}

template <class Record, class Visitor>
void visit_numbers(Record& r, Visitor& v) {
  v.number(r.at_us), v.number(r.status), v.number(r.stream), v.number(r.cost_nano_usd), v.number(r.priced);
  v.number(r.first_byte_us), v.number(r.total_us), v.number(r.gateway_us), v.number(r.bytes_in), v.number(r.bytes_out);
  visit_usage(r.usage, v);
}

template <class Record, class Visitor>
void visit_attempts(Record& r, Visitor& v) {
  v.list(r.attempts, attempts_limit, [&v](auto& a) {
    v.text(a.target, id_limit), v.text(a.provider, id_limit), v.text(a.model, id_limit), v.text(a.error, reason_limit);
    v.number(a.status), v.number(a.duration_us), v.number(a.may_have_run);
  });
}

template <class Record, class Visitor>
void visit(Record& r, Visitor& v) {
  visit_numbers(r, v);
  v.text(r.id, id_limit), v.text(r.key_id, id_limit), v.text(r.account, id_limit), v.text(r.team, id_limit);
  v.text(r.operation, id_limit), v.text(r.dialect, id_limit), v.text(r.model_asked, id_limit);
  v.text(r.model_served, id_limit), v.text(r.target, id_limit), v.text(r.provider, id_limit), v.text(r.error, id_limit);
  v.text(r.error_message, message_limit), v.text(r.price_version, id_limit), v.text(r.cache, id_limit);
  v.text(r.peer, id_limit);
  visit_attempts(r, v);
  v.list(r.dropped, dropped_limit, [&v](auto& field) { v.text(field, id_limit); });
}

// What version 2 added: behind the rest, so that version 1 is the beginning of it.
template <class Record, class Visitor>
void visit_second(Record& r, Visitor& v) {
  v.number(r.usage.search_units), v.text(r.customer, id_limit);
  v.list(r.tags, tags_limit, [&v](auto& tag) { v.text(tag, id_limit); });
  for (std::size_t i = 0; i < std::min(r.attempts.size(), attempts_limit); ++i) v.number(r.attempts[i].cost_nano_usd);
  v.charges(r.charges);
}

// Of an open record only what it has: one is written for every request, ahead of it.
template <class Record, class Visitor>
void visit_open(Record& r, Visitor& v) {
  v.number(r.at_us), v.number(r.stream), v.number(r.cost_nano_usd), v.number(r.priced), v.number(r.bytes_in);
  visit_usage(r.usage, v);
  v.text(r.id, id_limit), v.text(r.key_id, id_limit), v.text(r.account, id_limit), v.text(r.team, id_limit);
  v.text(r.operation, id_limit), v.text(r.dialect, id_limit), v.text(r.model_asked, id_limit);
  v.text(r.model_served, id_limit), v.text(r.target, id_limit), v.text(r.provider, id_limit);
  v.text(r.price_version, id_limit), v.text(r.peer, id_limit);
  visit_attempts(r, v);
  visit_second(r, v);
}

template <class Record, class Visitor>
void visit_all(Record& r, Visitor& v) {
  if (r.open) return visit_open(r, v);
  visit(r, v);
  visit_second(r, v);
}

struct Measure {
  std::size_t size = 1;
  template <class T> void number(const T&) { size += sizeof(T); }
  void maybe(const std::optional<std::int64_t>&) { size += 9; }
  void text(const std::string& s, std::size_t limit) { size += 2 + cut(s, limit).size(); }
  template <class List, class Each> void list(const List& items, std::size_t limit, Each each) {
    size += 1;
    for (std::size_t i = 0; i < std::min(items.size(), limit); ++i) each(items[i]);
  }
  void charges(const std::vector<Charge>& c) { size += 2 + std::min(c.size(), charges_limit) * sizeof(Charge); }
};

struct Write {
  std::byte* at;
  template <class T> void number(const T& value) { std::memcpy(at, &value, sizeof value), at += sizeof value; }
  void maybe(const std::optional<std::int64_t>& value) { number(value.has_value()), number(value.value_or(0)); }
  void text(const std::string& s, std::size_t limit) {
    const auto part = cut(s, limit);
    number(static_cast<std::uint16_t>(part.size()));
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  template <class List, class Each> void list(const List& items, std::size_t limit, Each each) {
    const auto count = std::min(items.size(), limit);
    number(static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) each(items[i]);
  }
  void charges(const std::vector<Charge>& c) {
    const auto count = std::min(c.size(), charges_limit);
    number(static_cast<std::uint16_t>(count));
    if (count > 0) std::memcpy(at, c.data(), count * sizeof(Charge));
    at += count * sizeof(Charge);
  }
};

struct Read {
  std::span<const std::byte> left;
  bool ok = true;

  const std::byte* bytes(std::size_t count) {
    if (!ok || left.size() < count) { ok = false; return nullptr; }
    const auto* at = left.data();
    left = left.subspan(count);
    return at;
  }
  template <class T> void number(T& value) {
    if (const auto* at = bytes(sizeof value)) std::memcpy(&value, at, sizeof value);
  }
  void number(bool& value) {   // any non-zero byte: a bool of another value would be undefined
    if (const auto* at = bytes(1)) value = *at != std::byte{0};
  }
  void maybe(std::optional<std::int64_t>& value) {
    bool present = false;
    std::int64_t number_value = 0;
    number(present), number(number_value);
    if (ok && present) value = number_value;
  }
  void text(std::string& s, std::size_t) {
    std::uint16_t size = 0;
    number(size);
    if (const auto* at = bytes(size)) s.assign(reinterpret_cast<const char*>(at), size);
  }
  template <class List, class Each> void list(List& items, std::size_t, Each each) {
    std::uint8_t count = 0;
    number(count);
    for (std::uint8_t i = 0; ok && i < count; ++i) each(items.emplace_back());
  }
  void charges(std::vector<Charge>& c) {
    std::uint16_t count = 0;
    number(count);
    const auto* at = bytes(count * sizeof(Charge));
    if (at == nullptr || count == 0) return;
    c.resize(count);
    std::memcpy(c.data(), at, count * sizeof(Charge));
  }
};

}  // namespace

std::size_t encoded_size(const RequestRecord& record) {
  Measure measure;
  visit_all(record, measure);
  return measure.size;
}

void encode(const RequestRecord& record, std::byte* out) {
  Write write{out};
  write.number(record.open ? open_format : format_version);
  visit_all(record, write);
}

std::optional<RequestRecord> decode(std::span<const std::byte> bytes) {
  Read read{bytes};
  std::uint8_t version = 0;
  read.number(version);
  if (!read.ok || version == 0 || version > open_format) return std::nullopt;
  RequestRecord record;
  record.open = version == open_format;
  if (version == 1) visit(record, read);
  else visit_all(record, read);
  if (!read.ok || !read.left.empty() || record.id.empty()) return std::nullopt;
  return record;
}

}  // namespace sluice::store
