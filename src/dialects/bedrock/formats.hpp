// Media types and Converse's names of formats, one table for both directions.
#pragma once
#include <string_view>

namespace sluice::dialects::bedrock {

enum class Media : unsigned char { image, document, video, audio };

// "image/jpg" -> "jpeg"; empty: not one that Converse takes.
std::string_view format_of(Media, std::string_view media_type);
std::string_view media_type_of(Media, std::string_view format);   // empty: no such format
// By the ending of a file's name; empty: unknown.
std::string_view media_type_of_name(std::string_view name);
// Which of Converse's blocks takes it; documents if in doubt.
Media media_of(std::string_view media_type);

}  // namespace sluice::dialects::bedrock
