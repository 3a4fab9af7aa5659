// CRC-32C (Castagnoli), by the processor's instruction where it has one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::store {

std::uint32_t crc32c(std::span<const std::byte> bytes);
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes);   // the same value on any processor

}  // namespace sluice::store
