// The only way coroutines are started here: an exception that escapes one is a bug, is logged and counted, and never
// vanishes (asio::detached swallows it).
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "sluice/net/socket.hpp"

namespace sluice::net {

void report_escaped(const char* what, std::exception_ptr) noexcept;   // to stderr; counted in escaped_exceptions()
std::uint64_t escaped_exceptions() noexcept;

inline void spawn(Executor executor, Task<> task, const char* what) {
  asio::co_spawn(executor, std::move(task), [what](std::exception_ptr e) {
    if (e) report_escaped(what, e);
  });
}

}  // namespace sluice::net
