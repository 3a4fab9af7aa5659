// A gateway's configuration and store without the gateway, for the handlers of the API.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <stdlib.h>

#include "sluice/admin/api.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {

inline const std::string declared_yaml = R"(
server: { admin: { token: the-token-of-the-file } }
providers: [ { id: up, type: openai, base_url: "http://127.0.0.1:9/v1", keys: [ { value: sk-secret-of-the-provider } ] } ]
accounts:
  - id: main
    providers: [ { id: t, provider: up, model: gpt-4o, budget: { max_spend: 9, reset_duration: 1d } } ]
  - { id: other, providers: [ { id: s, type: simulated, model: sim } ] }
customers: [ { id: acme, budget: { max_spend: 1000, reset_duration: 1M } } ]
teams: [ { id: ml, customer: acme, budget: { max_spend: 100, reset_duration: 1M } }, { id: ops } ]
virtual_keys: [ { id: declared, key: text-of-the-declared-key, account: main, team: ml, budget: { max_spend: 10, reset_duration: 1M } } ]
pricing: { overrides: [ { model: "mine-*", input: 1, output: 2 } ] }
)";

class Bench : public testing::Test, private Deployment {
 protected:
  struct Got { int status; nlohmann::json body; std::string text; };

  Bench() : api(*this) {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-admin-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    x_directory = name;
    open();
    auto loaded = read(declared_yaml);
    x_declared = std::make_shared<const config::Config>(std::get<config::Loaded>(std::move(loaded)).config);
    auto whole = extended(*x_declared, *x_store);
    if (!whole || !put_in_force(*std::move(whole))) throw std::runtime_error("not in force");
  }
  ~Bench() override {
    x_store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(x_directory, ignored);
  }

  Got ask(http::Verb method, const std::string& target, const std::string& body = "", const std::string& token = "the-token-of-the-file") {
    Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query = target.find('?') == target.npos ? "" : target.substr(target.find('?') + 1);
    if (!token.empty()) request.authorization = "Bearer " + token;
    request.body = body;
    Answer answer = api.answer(request);
    return {answer.status, nlohmann::json::parse(answer.body, nullptr, false), answer.body};
  }
  Got get(const std::string& target, const std::string& token = "the-token-of-the-file") { return ask(http::Verb::get, target, "", token); }
  Got post(const std::string& target, const std::string& body, const std::string& token = "the-token-of-the-file") { return ask(http::Verb::post, target, body, token); }
  std::string token_of(const std::string& role, const std::string& more = "") {
    return post("/admin/tokens", R"({"id":")" + role + R"(-token","role":")" + role + "\"" + more + "}").body["token"];
  }

  std::shared_ptr<void> hold() override { return nullptr; }
  store::Store& store() override { return *x_store; }
  std::shared_ptr<const config::Config> declared() override { return x_declared; }
  std::shared_ptr<const gateway::Snapshot> in_force() override { return x_snapshot; }
  gateway::Memory& memory() override { return x_memory; }
  bool flush() override { return true; }
  Result<> put_in_force(Whole whole) override {
    auto compiled = gateway::Snapshot::compile(std::move(whole.config), whole.keys, x_memory, ++x_version, unix_seconds());
    if (!compiled) return std::move(compiled).error();
    x_snapshot = *std::move(compiled);
    return {};
  }
  Result<std::vector<std::string>> reload() override { return std::vector<std::string>{"server.listen has changed"}; }
  config::LoadResult read(std::string_view yaml) override {
    return config::load(yaml, "c.yaml", [](const std::string&) { return std::optional<std::string>(); });
  }
  void open() { x_store = *store::open_sqlite((x_directory / "sluice.db").string()); }

  std::filesystem::path x_directory;
  std::unique_ptr<store::Store> x_store;
  std::shared_ptr<const config::Config> x_declared;
  std::shared_ptr<const gateway::Snapshot> x_snapshot;
  gateway::Memory x_memory;
  std::uint64_t x_version = 0;
  Api api;
};

}  // namespace sluice::admin
