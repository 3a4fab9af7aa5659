// The running gateway: builds everything in order by hand, and takes it down in the reverse order. Its functions may be
// called from any thread but for start() and the destructor, which belong to one.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/config/config.hpp"

namespace sluice::app {

class Server {
 public:
  // Fails with one clear line: the store cannot be opened or is another gateway's, the port is taken, the certificate
  // cannot be read.
  static Result<std::unique_ptr<Server>> start(config::Config config);
  virtual ~Server() = default;                       // stop() if it was not called

  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t admin_port() const = 0;      // where /admin is
  virtual bool tls() const = 0;
  // Keys made for entries of the YAML that have none, to be shown once: id and text.
  virtual std::vector<std::pair<std::string, Secret>> take_new_keys() = 0;
  // An admin token, where none was known yet: to be shown once.
  virtual std::optional<Secret> take_admin_token() = 0;
  // Where the configuration came from, and how it is read again when administration asks: warnings, or why it was not.
  using Reload = std::function<Result<std::vector<std::string>>()>;
  virtual void set_file(std::string name, Reload reload) = 0;
  // Nobody has a key: loopback only.
  virtual bool open() const = 0;

  // Swaps in another configuration whole; requests under way keep theirs. On failure nothing changes. The result lists
  // what takes effect at the next start only ("server.listen").
  virtual Result<std::vector<std::string>> reload(config::Config config) = 0;
  virtual void reload_failed() = 0;                  // counted: a file that could not be loaded
  virtual std::uint64_t reloads() const = 0;

  // Stops accepting, lets requests under way finish until server.timeouts.drain has passed, then closes. Returns when
  // all is written down. stop_now() from another thread cuts the wait short.
  virtual void stop() = 0;
  virtual void stop_now() = 0;
  virtual bool flush() = 0;                          // everything settled so far is in the database
};

}  // namespace sluice::app
