// Pictures, sound and documents: Google's blobs ({"mimeType","data"}) and file references ({"mimeType","fileUri"}).
#pragma once
#include <string>
#include <string_view>

#include "dialects/gemini/chunk_reader.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// "audio/mp3" for "mp3"; an unknown format is taken as the subtype. And back, parameters ("audio/L16;rate=24000") cut off.
std::string audio_type(std::string_view format);
std::string audio_format(std::string_view media_type);

// The media type that an address's ending tells; empty: none.
std::string_view type_by_ending(std::string_view address);

// What an inlineData or a fileData holds, by its media type.
llm::Part blob_part(std::string media_type, std::string base64);
llm::Part reference_part(std::string media_type, std::string uri);

// Each appends one part, without braces: "inlineData":{…} or "fileData":{…}. Refused (400): data that is no base64, an
// address that Google does not fetch, a file that is stored elsewhere. `where` names the place in errors.
Result<> append_image(std::string& out, const llm::Image&, std::string_view where);
Result<> append_audio(std::string& out, const llm::Audio&, std::string_view where);
Result<> append_file(std::string& out, const llm::File&, std::string_view where);

}  // namespace sluice::dialects::gemini
