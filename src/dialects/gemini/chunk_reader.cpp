#include "dialects/gemini/chunk_reader.hpp"

namespace sluice::dialects::gemini {

Chunk read_chunk(std::string_view raw) {
  Chunk chunk;
  chunk.whole = json::each_member(raw, [&chunk](std::string_view key, std::string_view value) {
    if (key == "candidates") chunk.candidates = value;
    else if (key == "usageMetadata") chunk.usage = value;
    else if (key == "modelVersion") chunk.model = value;
    else if (key == "responseId") chunk.id = value;
    else if (key == "promptFeedback") chunk.feedback = value;
    else if (key == "error") chunk.error = value;
    else if (key == "createTime") chunk.created = value;
    else return;
    chunk.known = true;
  });
  return chunk;
}

Candidate read_candidate(std::string_view raw, std::int64_t place) {
  Candidate candidate;
  candidate.index = place;
  json::each_member(raw, [&candidate](std::string_view key, std::string_view value) {
    if (key == "content") candidate.parts = json::find(value, "parts").value_or("");
    else if (key == "finishReason") candidate.finish_reason = value;
    else if (key == "index") candidate.index = json::to_integer(value).value_or(candidate.index);
    else if (key == "groundingMetadata") candidate.grounding = value;
    else if (key == "citationMetadata") candidate.citations = value;
    else if (key == "logprobsResult") candidate.logprobs = value;
    else if (key == "finishMessage") candidate.message = value;
  });
  return candidate;
}

PartView read_part(std::string_view raw) {
  PartView part;
  json::each_member(raw, [&part](std::string_view key, std::string_view value) {
    if (key == "text") part.text = value;
    else if (key == "thoughtSignature") part.signature = value;
    else if (key == "thought") part.thought = value == "true";
    else if (key == "functionCall") part.call = value;
    else if (key == "inlineData") part.inline_data = value;
    else if (key == "fileData") part.file_data = value;
    else if (key != "partMetadata" && key != "videoMetadata") part.other = true;
  });
  return part;
}

CallView read_call(std::string_view raw) {
  CallView call;
  json::each_member(raw, [&call](std::string_view key, std::string_view value) {
    if (key == "name") call.name = value;
    else if (key == "args") call.args = value;
    else if (key == "id") call.id = value;
  });
  return call;
}

MediaView read_media(std::string_view raw) {
  MediaView media;
  json::each_member(raw, [&media](std::string_view key, std::string_view value) {
    if (key == "mimeType") media.mime_type = value;
    else if (key == "data") media.data = value;
    else if (key == "fileUri") media.uri = value;
  });
  return media;
}

bool is_blocked(std::string_view feedback) {
  const std::string_view reason = json::find(feedback, "blockReason").value_or("");
  return !reason.empty() && reason != "0" && reason != "null" && reason != "\"BLOCK_REASON_UNSPECIFIED\"";
}

}  // namespace sluice::dialects::gemini
