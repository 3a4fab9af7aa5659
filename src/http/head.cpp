#include "sluice/http/head.hpp"

#include "http/ascii.hpp"

namespace sluice::http {

FieldName name_of(std::string_view name) { return boost::beast::http::string_to_field({name.data(), name.size()}); }

void Fields::add(FieldName id, std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(x_bytes.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  x_bytes.append(name).append(": ", 2).append(value).append("\r\n", 2);
  x_slots.push_back({id, at, name_size, at + name_size + 2, static_cast<std::uint32_t>(value.size())});
}

void Fields::add_line(FieldName id, std::string_view line, std::size_t name_size) {
  const auto at = static_cast<std::uint32_t>(x_bytes.size()), name = static_cast<std::uint32_t>(name_size);
  x_bytes.append(line);
  x_slots.push_back({id, at, name, at + name + 2, static_cast<std::uint32_t>(line.size()) - name - 4});
}

Field Fields::at(std::size_t i) const {
  const Slot& slot = x_slots[i];
  const char* bytes = x_bytes.data();
  const std::size_t line_size = slot.value + slot.value_size + 2 - slot.name;
  return {slot.id, {bytes + slot.name, slot.name_size}, {bytes + slot.value, slot.value_size}, {bytes + slot.name, line_size}};
}

std::string_view Fields::get(FieldName id) const {
  for (const Slot& slot : x_slots)
    if (slot.id == id) return std::string_view(x_bytes).substr(slot.value, slot.value_size);
  return {};
}

std::string_view Fields::get(std::string_view name) const {
  for (const Slot& slot : x_slots) {
    const std::string_view bytes = x_bytes;
    if (same_word(bytes.substr(slot.name, slot.name_size), name)) return bytes.substr(slot.value, slot.value_size);
  }
  return {};
}

bool Fields::has(FieldName id) const {
  for (const Slot& slot : x_slots)
    if (slot.id == id) return true;
  return false;
}

bool Fields::has_token(FieldName id, std::string_view token) const {
  for (const Slot& slot : x_slots) {
    if (slot.id != id) continue;
    std::string_view rest = std::string_view(x_bytes).substr(slot.value, slot.value_size);
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (same_word(trimmed(rest.substr(0, comma)), token)) return true;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

std::string_view RequestHead::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

void RequestHead::clear() {
  method = Verb::unknown;
  target.clear();
  version = 11;
  fields.clear();
  keep_alive = chunked = expect_continue = false;
  content_length.reset();
}

void ResponseHead::clear() {
  status = 0;
  version = 11;
  fields.clear();
  keep_alive = chunked = until_close = false;
  content_length.reset();
}

}  // namespace sluice::http
