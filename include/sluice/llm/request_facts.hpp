// The few facts of a request body that the gateway acts on, read in one pass without building a tree. The same pass
// proves that the body is one valid JSON object in valid UTF-8, so that nothing malformed is ever forwarded.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"

namespace sluice::llm {

struct RequestFacts {
  // Where the request names its model: in a member of its JSON, in a field of its form, in its path, or nowhere.
  enum class Place : unsigned char { member, field, path, nowhere };
  std::string model;               // decoded; for `nowhere` the API's own default, or empty
  Place place = Place::nowhere;
  std::size_t model_begin = 0;     // byte range of the model in the body, of a JSON string with its quotes: for splicing
  std::size_t model_end = 0;
  bool stream = false;
  bool include_usage = false;      // stream_options.include_usage
  std::optional<std::int64_t> max_tokens;   // the largest of max_completion_tokens, max_output_tokens and max_tokens
  std::optional<std::int64_t> n;
};

// Refuses (Code::bad_request, param set where one field is at fault): anything but a JSON object, invalid UTF-8,
// nesting deeper than 128, a missing, empty, over-long (512 bytes) or non-string model, non-boolean stream, and a
// duplicate or escaped spelling of a key acted upon (we and the provider could read different ones).
Result<RequestFacts> read_facts(std::string_view body);
// A body whose path names the model and says whether a stream is asked for: it must be one JSON object. `model` is still
// percent-encoded.
Result<RequestFacts> read_facts(std::string_view body, std::string_view model, bool stream);
// A request that names no model: `model` is what the API takes then; may be empty.
Result<RequestFacts> facts_of_model(std::string model);
// A form's: the model's plain text stands at [begin, end) of the body.
Result<RequestFacts> facts_of_form(std::string_view body, std::size_t begin, std::size_t end);

// The body with another model name in the place of its own; everything else byte for byte. As it is if none stands in it.
std::string splice_model(std::string_view body, const RequestFacts& facts, std::string_view model);

}  // namespace sluice::llm
