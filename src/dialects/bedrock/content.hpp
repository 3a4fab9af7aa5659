// Single content blocks of a request: text, images, documents, videos. Each appends one JSON object.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "dialects/bedrock/model_family.hpp"
#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

Error refusal(std::string_view where, std::string message);   // 400, `where` is the param

// Nothing but white space: Converse refuses such a text.
bool is_blank(std::string_view text);
void begin_element(std::string& list);   // a comma before every element but the first
void append_text(std::string& out, std::string_view text);

// `where` names the message in errors ("messages[2].content"). Refused (400): what Converse cannot be given: data that is
// no base64, an unknown format, an address that is not in S3, a file stored elsewhere.
class ContentWriter {
 public:
  ContentWriter(const Model& model, Dropped& dropped) : x_model(model), x_dropped(dropped) {}

  Result<> image(std::string& out, const llm::Image& image, std::string_view where);
  Result<> audio(std::string& out, const llm::Audio& audio, std::string_view where);
  // A document, video, image or sound, by its media type; a search result where it is a text with an address.
  Result<> file(std::string& out, const llm::File& file, std::string_view where, bool& is_document);

 private:
  Result<> document(std::string& out, const llm::File& file, std::string_view format, std::string_view base64, std::string_view where);
  std::string document_name(std::string_view name);

  const Model& x_model;
  Dropped& x_dropped;
  std::set<std::string, std::less<>> x_names;   // of documents: each only once in a request
};

}  // namespace sluice::dialects::bedrock
