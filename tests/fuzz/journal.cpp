// A segment file of the journal with any contents: reading it ends, stays inside it, and what comes out can be written
// and read again.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "store/record_codec.hpp"
#include "store/replay.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::store;
  const auto bytes = std::as_bytes(std::span(data, size));
  RequestRecord record;
  SegmentReader reader(bytes);
  for (std::size_t before = reader.position(); reader.next(record); before = reader.position())
    if (reader.position() <= before || reader.position() > size) std::abort();

  // CRCs keep the fuzzer out of the records: hand it those as well.
  if (auto decoded = decode(bytes)) {
    std::vector<std::byte> again(encoded_size(*decoded));
    if (again.size() > max_record_bytes) std::abort();
    encode(*decoded, again.data());
    const auto twice = decode(again);
    if (!twice || twice->id != decoded->id.substr(0, twice->id.size())) std::abort();
  }
  return 0;
}
