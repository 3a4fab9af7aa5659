// The bytes of one RequestRecord in a journal segment: a format version, then every field (of an open one those that
// say what was asked, of whom, and what is reserved), integers little-endian,
// strings with a 16-bit length. Strings longer than their limit are cut at a UTF-8 boundary, lists at their limit, so
// that a record always fits. Read only by the program that wrote it, or a newer one: older versions are understood.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "sluice/store/records.hpp"

namespace sluice::store {

inline constexpr std::size_t max_record_bytes = 128 * 1024;   // above anything encode() can produce

std::size_t encoded_size(const RequestRecord&);
void encode(const RequestRecord&, std::byte* out);           // exactly encoded_size() bytes
std::optional<RequestRecord> decode(std::span<const std::byte>);   // nullopt: not such a record; any bytes are safe

}  // namespace sluice::store
