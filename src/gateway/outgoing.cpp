#include "gateway/outgoing.hpp"

#include "gateway/added_usage.hpp"
#include "sluice/http/multipart.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/write.hpp"

namespace sluice::gateway {
namespace {

// The account says `on_unsupported: error`.
Error cannot_say(const Exchange& ex, const Upstream& upstream) {
  std::string names;
  for (const std::string& name : ex.dropped) names += (names.empty() ? "`" : ", `") + name + "`";
  return Error(Code::bad_request, "Provider `" + upstream.id + "` cannot do what " + names + " asks for, and this account refuses such requests.")
      .named("unsupported_parameter")
      .about(ex.dropped.front());
}

// The caller's bytes with another model named in them.
std::string with_model(const Exchange& ex, std::string_view model) {
  const std::string& body = ex.request.body;
  if (ex.facts.place != llm::RequestFacts::Place::nowhere) return llm::splice_model(body, ex.facts, model);
  if (ex.endpoint.body == Endpoint::Body::none) return body;
  std::string_view type = ex.request.head.fields.get(http::FieldName::content_type);
  if (!http::is_form(type)) return json::set_member(body, "model", json::quoted(model)).value_or(body);
  auto form = http::read_form(type, body);   // it was read before, and is whole
  return form ? http::write_field(form->boundary, "model", model) + body : body;
}

}  // namespace

Result<> write_body(Exchange& ex, Attempt& attempt, const providers::Call& call, Outgoing& out, bool& callers_fault) {
  const Upstream& upstream = *attempt.upstream;
  ex.dropped.clear();
  if (attempt.verbatim) {
    out.body = ex.request.body;
    if (call.model != ex.facts.model && ex.facts.place != llm::RequestFacts::Place::path) {
      out.changed = with_model(ex, call.model);
      out.body = out.changed;
    }
    auto asking = must_ask_for_usage(ex, attempt, call) ? asking_for_usage(out.body) : std::nullopt;
    attempt.usage_added = asking.has_value();
    if (asking) {
      out.changed = *std::move(asking);
      out.body = out.changed;
    }
  } else {
    auto read = read_request(ex);
    callers_fault = !read;
    if (!read) return read;
    auto encoded = encode_request(ex, *attempt.wire, {call.model, upstream.adapter->quirks(call.model)});
    if (!encoded) return std::move(encoded).error();
    out.changed = std::move(encoded->body);
    out.body = out.changed;
    ex.dropped = std::move(encoded->dropped);
    if (ex.account->refuse_unsupported && !ex.dropped.empty()) return cannot_say(ex, upstream);
  }
  auto adapted = upstream.adapter->adapt(call, out.body);
  if (adapted) {
    out.changed = *std::move(adapted);
    out.body = out.changed;
  }
  return {};
}

}  // namespace sluice::gateway
