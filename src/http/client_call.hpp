// One request over a pooled connection.
#pragma once
#include <array>
#include <memory>

#include "http/client_pool.hpp"
#include "http/connect.hpp"

namespace sluice::http {

class PooledCall final : public ClientCall {
 public:
  PooledCall(std::shared_ptr<PoolState> pool, Shelf& shelf) : x_pool(std::move(pool)), x_shelf(shelf) {}
  ~PooledCall() override;
  PooledCall(const PooledCall&) = delete;
  PooledCall& operator=(const PooledCall&) = delete;

  const Progress& progress() const override { return x_progress; }
  void set_deadline(net::Clock::time_point when, const char* what) override;
  net::Task<Result<>> start(std::string_view head, std::string_view body,
                            std::chrono::milliseconds connect_within) override;
  const ResponseHead& head() const override;
  net::Task<Result<std::string_view>> read_some() override;
  void cancel() override;

 private:
  // The request as the pieces of one gather write.
  using Pieces = std::array<net::asio::const_buffer, 5>;
  enum class Sending { going, whole, broken };   // broken: the peer takes no more; it may have answered all the same

  Pieces pieces(std::string_view head, std::string_view body);
  void use(std::unique_ptr<Connection> connection);
  net::Task<Result<>> open(std::chrono::milliseconds within);
  // Sends what the socket takes at once, without waiting; moves `pieces` past it.
  void send_now(Pieces& pieces);
  net::Task<> send_rest(Pieces pieces);
  net::Task<> send_secure(Pieces pieces);
  net::Task<bool> send_watched(Pieces& pieces);
  void note_sent(const net::ErrorCode& failed);
  bool head_parsed();   // or refused, with x_garbled set
  net::Task<net::ErrorCode> read_head();
  bool may_be_stale(const net::ErrorCode& ended, net::Clock::duration after) const;
  Error why_no_head(const net::ErrorCode& ended);
  Result<> ended(const net::ErrorCode& failed);
  bool reusable() const;

  std::shared_ptr<PoolState> x_pool;
  Shelf& x_shelf;
  std::unique_ptr<Connection> x_connection;
  Progress x_progress;
  Stop x_stop;
  Sending x_sending = Sending::going;
  std::optional<Error> x_garbled;   // the parser's refusal of the answer
  bool x_whole = false;             // the answer has been read to its end
};

}  // namespace sluice::http
