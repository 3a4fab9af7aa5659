// A whole gateway in the test's process: configured by YAML, on a port the system chose, with a store of its own.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sluice/app/server.hpp"
#include "sluice/store/records.hpp"
#include "support/plain_client.hpp"

namespace sluice::test {

class GatewayUnderTest {
 public:
  // `yaml` without `server.listen` and `store`; server options go into `server` ("threads: 2").
  explicit GatewayUnderTest(const std::string& yaml, const std::string& server = "threads: 1");
  ~GatewayUnderTest();

  std::uint16_t port() const { return x_server->port(); }
  app::Server& server() { return *x_server; }
  PlainClient connect() const { return PlainClient(port()); }
  // One request on a connection of its own.
  HttpAnswer chat(const std::string& body, const std::string& header_lines = "") const;
  // Another configuration, as a reload brings it.
  void reload(const std::string& yaml);
  // The log, oldest first, once everything settled is in it.
  std::vector<store::RequestRecord> log();
  // Waits (with a limit) until the log has as many rows.
  std::vector<store::RequestRecord> log(std::size_t rows);
  std::string store_path() const;
  void stop() { x_server->stop(); }

 private:
  std::string text(const std::string& yaml) const;
  std::filesystem::path x_directory;
  std::string x_options;
  std::unique_ptr<app::Server> x_server;
};

// A provider entry of type openai at `url`, to stand in an account's list: "- { id: …, … }".
std::string openai_target(const std::string& id, const std::string& url, const std::string& more = "model: m");

}  // namespace sluice::test
