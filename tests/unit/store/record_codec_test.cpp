#include "store/record_codec.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "store/crc32c.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;

TEST(Crc32c, HasTheValueOfTheStandardAndIsTheSameOnEveryProcessor) {
  const std::string check = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(check))), 0xE3069283u);
  std::mt19937 random(7);
  std::string bytes(300, '\0');
  for (auto& c : bytes) c = static_cast<char>(random());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = std::as_bytes(std::span(bytes).first(size));
    ASSERT_EQ(crc32c(part), crc32c_by_table(part)) << size;
  }
}

TEST(RecordCodec, KeepsEveryField) {
  const auto record = full_record("r");
  std::vector<std::byte> bytes(encoded_size(record));
  encode(record, bytes.data());
  const auto back = decode(bytes);
  ASSERT_TRUE(back);
  expect_same(record, *back);
  EXPECT_EQ(record.charges, back->charges);
}

TEST(RecordCodec, KeepsOfAnOpenRecordWhatIsKnownBeforeItsEnd) {
  auto record = full_record("r");
  record.open = true;
  std::vector<std::byte> bytes(encoded_size(record));
  encode(record, bytes.data());
  const auto back = decode(bytes);
  ASSERT_TRUE(back);
  record.status = 0, record.first_byte_us = 0, record.total_us = 0, record.gateway_us = 0, record.bytes_out = 0;
  record.error.clear(), record.error_message.clear(), record.dropped.clear(), record.cache = "none";
  expect_same(record, *back);
  EXPECT_EQ(record.charges, back->charges);
}

// Version 1 is the beginning of version 2, whose additions are 8 bytes of search units and then, empty, a text, a list
// and the charges.
TEST(RecordCodec, ReadsWhatTheReleaseBeforeWrote) {
  auto record = full_record("r");
  record.customer.clear(), record.tags.clear(), record.charges.clear(), record.usage.search_units = 0;
  for (auto& attempt : record.attempts) attempt.cost_nano_usd = 0;
  std::vector<std::byte> bytes(encoded_size(record));
  encode(record, bytes.data());
  bytes[0] = std::byte{1};
  bytes.resize(bytes.size() - (8 + 2 + 1 + 8 * record.attempts.size() + 2));
  const auto back = decode(bytes);
  ASSERT_TRUE(back);
  expect_same(record, *back);
  EXPECT_EQ(record.charges, back->charges);
}

TEST(RecordCodec, RefusesEveryTruncation) {
  const auto record = full_record("r");
  std::vector<std::byte> bytes(encoded_size(record));
  encode(record, bytes.data());
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(decode(std::span(bytes).first(size))) << size;
}

TEST(RecordCodec, CutsOversizedTextAtACharacterAndListsAtTheirLimit) {
  auto record = small_record("r");
  record.error_message = std::string(2047, 'x') + "\u20ac" + std::string(1 << 20, 'y');
  record.key_id = std::string(1 << 20, 'k');
  record.attempts.resize(300);
  for (auto& a : record.attempts) a.error = std::string(1000, 'e');
  record.dropped.assign(300, std::string(1000, 'd'));
  record.tags.assign(300, std::string(1000, 't'));
  record.charges.resize(5000);
  std::vector<std::byte> bytes(encoded_size(record));
  ASSERT_LE(bytes.size(), max_record_bytes);
  encode(record, bytes.data());
  const auto back = decode(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->error_message, std::string(2047, 'x'));
  EXPECT_EQ(back->key_id, std::string(256, 'k'));
  EXPECT_EQ(back->attempts.size(), 32u);
  EXPECT_EQ(back->dropped.size(), 64u);
}

}  // namespace
}  // namespace sluice::store
