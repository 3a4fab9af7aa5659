#include "support/gateway_under_test.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "sluice/config/load.hpp"
#include "sluice/store/store.hpp"

namespace sluice::test {
namespace {

config::Config configured(const std::string& yaml) {
  auto loaded = config::load(yaml, "test.yaml", [](const std::string&) { return std::optional<std::string>(); });
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) throw std::runtime_error(config::format(*problems));
  return std::get<config::Loaded>(std::move(loaded)).config;
}

std::filesystem::path fresh_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return name;
}

}  // namespace

GatewayUnderTest::GatewayUnderTest(const std::string& yaml, const std::string& server)
    : x_directory(fresh_directory()), x_options(server) {
  auto started = app::Server::start(configured(text(yaml)));
  if (!started) throw std::runtime_error(started.error().message());
  x_server = *std::move(started);
}

GatewayUnderTest::~GatewayUnderTest() {
  x_server.reset();
  std::error_code ignored;
  std::filesystem::remove_all(x_directory, ignored);
}

std::string GatewayUnderTest::text(const std::string& yaml) const {
  return "server: { listen: \"127.0.0.1:0\", " + x_options + " }\nstore: { type: sqlite, path: \"" + store_path() + "\" }\n" + yaml;
}

std::string GatewayUnderTest::store_path() const { return (x_directory / "sluice.db").string(); }

HttpAnswer GatewayUnderTest::chat(const std::string& body, const std::string& header_lines) const {
  PlainClient client(port());
  return client.post("/v1/chat/completions", body, header_lines);
}

void GatewayUnderTest::reload(const std::string& yaml) {
  auto swapped = x_server->reload(configured(text(yaml)));
  ASSERT_TRUE(swapped) << swapped.error().message();
}

std::vector<store::RequestRecord> GatewayUnderTest::log() {
  EXPECT_TRUE(x_server->flush());
  auto store = store::open_sqlite(store_path(), true);
  if (!store) throw std::runtime_error(store.error().message());
  store::LogQuery query;
  query.limit = 100000;
  query.newest_first = false;
  auto rows = (*store)->find(query);
  if (!rows) throw std::runtime_error(rows.error().message());
  std::vector<store::RequestRecord> records;
  for (store::LogRow& row : *rows) records.push_back(std::move(row.record));
  return records;
}

std::vector<store::RequestRecord> GatewayUnderTest::log(std::size_t rows) {
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (;;) {
    auto records = log();
    if (records.size() >= rows || std::chrono::steady_clock::now() > until) return records;
    std::this_thread::yield();
  }
}

std::string openai_target(const std::string& id, const std::string& url, const std::string& more) {
  return "      - { id: " + id + ", type: openai, base_url: \"" + url + "/v1\", api_key: \"sk-up-" + id + "\", " + more + " }\n";
}

}  // namespace sluice::test
