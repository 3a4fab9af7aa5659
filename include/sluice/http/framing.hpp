// What a message's fields say about where its body ends and whether the connection goes on. Part of the parsers.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "sluice/http/head.hpp"

namespace sluice::http {

struct ParseLimits {
  std::uint32_t head_bytes = 32 * 1024;     // start line and fields; refused with the name "headers_too_large"
  std::uint32_t fields = 128;
  std::uint32_t target = 8 * 1024;          // bytes of the request target
  std::uint32_t trailer_bytes = 8 * 1024;   // the last chunk's line and the trailer fields
  std::uint32_t trailers = 32;
  std::uint32_t chunk_extensions = 4 * 1024;   // bytes, all chunks of a message together
};

namespace detail {

struct Framing {
  std::optional<std::uint64_t> length;
  bool chunked = false;
  bool close = false, keep_alive = false;   // words of Connection

  // Takes what the field says. Its complaint; null: none. A length beside chunks, or one of them twice, is how requests
  // are smuggled (RFC 9112 11.2).
  const char* note(FieldName id, std::string_view value);

 private:
  const char* note_connection(std::string_view list);
};

}  // namespace detail
}  // namespace sluice::http
