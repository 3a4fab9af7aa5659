// Runs a coroutine under test to its end on an io_context, within a time limit.
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "sluice/net/socket.hpp"

namespace sluice::test {

// Fails the test when the task did not finish within `limit`, or threw. The io_context is left stopped or out of work;
// restart it to go on.
inline bool run_task(net::asio::io_context& io, net::Task<> task,
                     std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  bool finished = false;
  std::exception_ptr escaped;
  net::asio::co_spawn(io.get_executor(), std::move(task), [&](std::exception_ptr e) {
    finished = true;
    escaped = std::move(e);
    io.stop();
  });
  io.restart();
  io.run_for(limit);
  EXPECT_TRUE(finished) << "the task did not finish within " << limit.count() << " ms";
  if (!escaped) return finished;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& e) {
    ADD_FAILURE() << "the task threw: " << e.what();
  }
  return false;
}

}  // namespace sluice::test
