// A provider: in which dialect, under which path and with which authority one operation on one model is asked for.
// Pure: no sockets, clocks, globals or logging. One immutable instance per provider entry of the configuration, shared
// by all workers. How the dialects themselves are written and read is dialects/.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/dialects/wire.hpp"
#include "sluice/http/head.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::providers {

using Headers = std::vector<std::pair<std::string, std::string>>;

// One request to it.
struct Call {
  llm::Operation operation = llm::Operation::chat;
  llm::Dialect dialect = llm::Dialect::openai;   // of the wire that asks
  std::string_view model;                        // as the provider calls it
  bool stream = false;
  bool verbatim = false;                         // the caller's own query string follows
  // stored_response: what stands behind "/responses" ("/resp_1/cancel"); a Gemini caller's method ("embedContent").
  std::string_view rest;
  const http::Fields* passed_on = nullptr;       // the caller's headers that go along; nullptr: none do
  bool says(std::string_view header) const { return passed_on != nullptr && !passed_on->get(header).empty(); }
};

// How a request shows that it may be served where the operator has given no key. With one, authorize() is all.
enum class Authority : unsigned char {
  secret,         // not at all: only a key can show it
  google_token,   // a bearer token made of a service account or asked of the machine, and renewed
  aws_signature,  // each request signed (SigV4)
  entra_token,    // a bearer token of Microsoft Entra ID
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view type() const = 0;
  // In which dialect it is asked for this: the caller's own where it has it (the caller's bytes then pass as they are),
  // else one to translate to. nullptr: it cannot do it.
  virtual const dialects::Wire* wire(llm::Operation, llm::Dialect caller, std::string_view model) const = 0;
  // True: its form of this operation is another than its dialect's, so that callers of the dialect are translated as well
  // (Voyage's rerank).
  virtual bool own_form(llm::Operation, [[maybe_unused]] std::string_view model) const { return false; }
  // What of the base URL's path stands before path(): all of it, unless the provider reads more out of it.
  virtual std::string base_path(std::string_view path_of_base_url) const { return std::string(path_of_base_url); }
  // Path (and query) below that, e.g. "/chat/completions".
  virtual std::string path(const Call&) const = 0;
  virtual Authority authority() const { return Authority::secret; }
  // Appends the headers that carry the credential (and those the API always wants). An empty secret appends none of the
  // former.
  virtual void authorize(std::string_view secret, Headers& out) const = 0;
  // Headers that depend on the request (a beta the body asks for); not the credential.
  virtual void add_headers(const Call&, Headers&) const {}
  // A body in the wire's dialect as this platform takes it (Claude on Vertex and Bedrock has its model in the path and a
  // version in the body). Nothing: as it is.
  virtual std::optional<std::string> adapt(const Call&, std::string_view) const { return std::nullopt; }
  virtual const dialects::Quirks& quirks(std::string_view) const { return dialects::no_quirks(); }
};

}  // namespace sluice::providers
