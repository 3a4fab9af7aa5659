#include "gateway/reading.hpp"

#include <algorithm>
#include <map>

#include "gateway/admit.hpp"
#include "gateway/fail.hpp"
#include "gateway/settle.hpp"
#include "gateway/wire.hpp"
#include "sluice/base/pattern.hpp"
#include "sluice/base/text.hpp"
#include "sluice/gateway/worker.hpp"
#include "sluice/json/write.hpp"

namespace sluice::gateway {
namespace {

// Model name to the type of provider that serves it.
std::map<std::string, std::string> models_of(const Exchange& ex) {
  std::map<std::string, std::string> models;
  const Account& account = *ex.account;
  for (std::size_t i = 0; i < account.targets.size(); ++i) {
    const routing::Target& target = account.routes.targets[i];
    auto add = [&](const std::string& name) {
      if (name.empty() || is_pattern(name)) return;
      if (ex.key != nullptr && !routing::allowed(ex.key->models, name)) return;
      models.emplace(name, account.targets[i].upstream->type);
    };
    add(target.model);
    for (const std::string& name : target.models) add(name);
  }
  return models;
}

void append_model(std::string& out, const std::string& id, const std::string& owner, std::int64_t created) {
  out += "{\"id\":";
  json::append_quoted(out, id);
  out += ",\"object\":\"model\",\"created\":";
  json::append_integer(out, created);
  out += ",\"owned_by\":";
  json::append_quoted(out, owner);
  out += '}';
}

// A model's own object: a listed one, or any other name the account would serve.
Result<std::string> model_body(const Exchange& ex) {
  std::string id = percent_decoded(ex.endpoint.rest);
  auto served = routing::candidates(ex.account->routes, id);
  if (!served) return std::move(served).error();
  if (ex.key != nullptr && !routing::allowed(ex.key->models, id)) {
    return Error(Code::forbidden, "This key may not use the model `" + id + "`.").named("model_not_allowed").about("model");
  }
  std::string body;
  append_model(body, id, ex.account->targets[served->front().target].upstream->type, ex.snapshot->loaded_at());
  return body;
}

net::Task<> say(Exchange& ex, int status, std::string_view type, std::string body) {
  std::string lines = "Content-Type: ";
  lines += type;
  lines += "\r\nCache-Control: no-store\r\n";
  auto sent = co_await ex.reply.send(status, lines, body);
  (void)sent;
}

net::Task<> say_ready(Exchange& ex, Worker& worker) {
  Shared& shared = worker.shared;
  if (shared.draining.load()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"draining\"}\n");
  } else if (shared.store_writable && !shared.store_writable()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"store not writable\"}\n");
  } else if (!worker.journal->ready()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"journal has no room\"}\n");
  } else {
    co_await say(ex, 200, "application/json", "{\"status\":\"ready\"}\n");
  }
}

net::Task<> say_models(Exchange& ex, Worker& worker) {
  auto known = identify(ex);
  Result<std::string> body = std::string();
  if (!known) body = known.error();
  else if (ex.endpoint.kind == Endpoint::Kind::list_models) body = models_body(ex);
  else body = model_body(ex);
  if (!body) {
    co_await fail(ex, worker, body.error());
    co_return;
  }
  std::string lines = "Content-Type: application/json\r\n";
  write_own_lines(lines, ex);
  auto sent = co_await ex.reply.send(200, lines, *body);
  (void)sent;
}

}  // namespace

std::string models_body(const Exchange& ex) {
  std::string out = "{\"object\":\"list\",\"data\":[";
  bool first = true;
  for (const auto& [id, owner] : models_of(ex)) {
    if (!first) out += ',';
    first = false;
    append_model(out, id, owner, ex.snapshot->loaded_at());
  }
  out += "]}";
  return out;
}

net::Task<> answer_reading(Exchange& ex, Worker& worker) {
  using Kind = Endpoint::Kind;
  switch (ex.endpoint.kind) {
    case Kind::alive: co_await say(ex, 200, "application/json", "{\"status\":\"alive\"}\n"); break;
    case Kind::ready: co_await say_ready(ex, worker); break;
    case Kind::metrics: {
      std::string page = worker.shared.metrics ? worker.shared.metrics() : std::string();
      co_await say(ex, 200, "text/plain; version=0.0.4; charset=utf-8", std::move(page));
      break;
    }
    default: co_await say_models(ex, worker); break;
  }
}

}  // namespace sluice::gateway
