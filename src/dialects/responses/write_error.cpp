#include "dialects/responses/write_error.hpp"

#include "dialects/openai/write_error.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {

// Said twice: OpenAI's documents have code, message and param in the event itself, its Python SDK raises an error for
// an `error` member only, which is where its servers put them.
std::string write_error_event(const Error& error, std::int64_t sequence_number) {
  const std::string whole = openai::write_error(error);
  const std::string_view object = json::find(whole, "error").value_or("{}");
  std::string out = "event: error\ndata: {\"type\":\"error\",\"error\":";
  out += object;
  for (const char* name : {"code", "message", "param"}) {
    out.append(",\"").append(name).append("\":").append(json::find(object, name).value_or("null"));
  }
  out += ",\"sequence_number\":";
  json::append_integer(out, sequence_number);
  out += "}\n\n";
  return out;
}

}  // namespace sluice::dialects::responses
