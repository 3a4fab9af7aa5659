// A form's fields lie inside its body, one behind the other, whatever the bytes. The first byte is the boundary's length.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sluice/http/multipart.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string boundary(bytes.substr(0, data[0] % 72u));
  const std::string type = "multipart/form-data; boundary=\"" + boundary + "\"";
  const auto form = sluice::http::read_form(type, bytes);
  if (!form) return 0;
  std::size_t before = 0;
  for (const auto& field : form->fields) {
    if (field.begin < before || field.end < field.begin || field.end > bytes.size() || field.name.empty()) std::abort();
    before = field.end;
  }
  return 0;
}
