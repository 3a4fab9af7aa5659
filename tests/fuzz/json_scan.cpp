// The validator against another strict parser; the walkers, unquote() and MemberCapture against what the validator
// says.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sluice/json/member_capture.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"
#include "support/json_oracle.hpp"

namespace {

using namespace sluice;

void require(bool holds) {
  if (!holds) std::abort();
}

class Last final : public json::MemberSink {
 public:
  void member(std::string_view key, std::string_view value) override {
    if (key == "a") usage = value;
    ++count;
  }
  std::string_view usage;
  std::size_t count = 0;
};

void compare_with_oracle(std::string_view text, bool valid) {
  const auto expected = test::strict_parser_accepts(text);
  if (!expected) return;
  if (valid) require(*expected);
  else require(!*expected || test::depth_of(text) > json::max_depth);
}

void check_object(std::string_view text) {
  Last members;
  if (json::validate_object(text, members)) return;
  std::size_t walked = 0;
  require(json::each_member(text, [&](std::string_view, std::string_view value) {
    require(!json::validate(value));
    ++walked;
  }));
  require(walked == members.count);
  const auto changed = json::set_member(text, "a", "[0]");
  require(changed && !json::validate(*changed) && json::find(*changed, "a") == "[0]");
  json::MemberCapture whole("a", text.size()), split("a", text.size());
  whole.feed(text);
  for (const char c : text) split.feed({&c, 1});
  require(whole.complete() && split.complete());
  require(whole.value() == split.value());
  require(whole.value().value_or(std::string_view()) == members.usage);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto fault = json::validate(text);
  if (fault) require(fault->at <= size);
  compare_with_oracle(text, !fault);
  check_object(text);
  json::each_member(text, [](std::string_view, std::string_view) {});
  json::each_element(text, [](std::string_view) {});
  if (!fault && json::kind_of(text) == json::Kind::string && text.front() == '"' && text.back() == '"')
    require(json::unquoted(text).has_value());
  const std::string written = json::quoted(text);
  require(!json::validate(written));
  if (json::valid_utf8(text)) require(json::unquoted(written) == text);
  return 0;
}
