// Both HTTP parsers: any bytes, cut as the input says, must give the same message or refusal as the bytes whole, and
// never one that could be read in two ways.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sluice/http/parser.hpp"

namespace {

using namespace sluice;
using namespace sluice::http;

struct Outcome {
  bool refused = false, done = false;
  std::string target, body;
  std::size_t fields = 0, consumed = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Parser, class AtHead>
Outcome run(Parser& parser, std::string_view bytes, std::string_view cuts, AtHead at_head) {
  Outcome out;
  std::string pending;
  bool head_seen = false;
  while (!bytes.empty() && !parser.done()) {
    std::size_t piece = bytes.size();
    if (!cuts.empty()) {
      piece = std::min<std::size_t>(bytes.size(), static_cast<unsigned char>(cuts.front()) % 32u + 1u);
      cuts.remove_prefix(1);
    }
    pending.append(bytes.substr(0, piece));
    bytes.remove_prefix(piece);
    for (bool again = true; again;) {
      Result<std::size_t> used = parser.feed(pending);
      if (!used || *used > pending.size()) {
        require(!used);
        out.refused = true;
        return out;
      }
      out.consumed += *used;
      pending.erase(0, *used);
      again = parser.header_done() && !head_seen;
      if (!again) continue;
      head_seen = true;
      if (!at_head()) {
        out.refused = true;
        return out;
      }
    }
  }
  out.done = parser.done();
  return out;
}

Outcome request(std::string_view bytes, std::string_view cuts) {
  RequestHead head;
  std::string body;
  RequestParser parser(head, body);
  Outcome out = run(parser, bytes, cuts, [&] {
    require(!(head.chunked && head.content_length));
    require(head.version == 10 || head.fields.has(FieldName::host));
    require(!head.target.empty() && (head.target.front() == '/' || head.target == "*"));
    return static_cast<bool>(parser.admit(4096));
  });
  require(body.size() <= 4096);
  if (out.done && head.content_length) require(body.size() == *head.content_length);
  out.target = head.target;
  out.fields = head.fields.size();
  out.body = std::move(body);
  return out;
}

Outcome response(std::string_view bytes, std::string_view cuts) {
  ResponseHead head;
  std::string body;
  ResponseParser parser(head, body);
  Outcome out = run(parser, bytes, cuts, [&] { return true; });
  if (out.done) require(head.status >= 200 || head.status == 101 || head.status < 100);
  out.fields = head.fields.size();
  out.body = std::move(body);
  return out;
}

void compare(const Outcome& whole, const Outcome& cut) {
  if (whole.refused || cut.refused) return;   // a refusal may come before all bytes are there
  require(whole.done == cut.done);
  if (!whole.done) return;                    // how far an unfinished head is read depends on the pieces
  require(whole.consumed == cut.consumed && whole.target == cut.target);
  require(whole.body == cut.body && whole.fields == cut.fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut_bytes = std::min<std::size_t>(size - 1, data[0]);
  const std::string_view cuts = input.substr(1, cut_bytes);
  const std::string_view bytes = input.substr(1 + cut_bytes);
  const Outcome whole_request = request(bytes, {}), cut_request = request(bytes, cuts);
  if (whole_request.done) require(!cut_request.refused);
  compare(whole_request, cut_request);
  const Outcome whole_response = response(bytes, {}), cut_response = response(bytes, cuts);
  if (whole_response.done) require(!cut_response.refused);
  compare(whole_response, cut_response);
  return 0;
}
