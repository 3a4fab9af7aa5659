// A value or the reason there is none. The interface of std::expected (which GCC 12 has only in C++23), so that it can
// become an alias later. Everything traffic or the environment can cause is a Result; only bugs are asserts.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace sluice {

// What kind of failure, independent of any dialect. Its HTTP status and its name in each dialect are one table each,
// in src/dialects/<dialect>/write_error.cpp.
enum class Code {
  bad_request,       // 400: the caller's request cannot be used
  unauthorized,      // 401
  over_budget,       // 402
  forbidden,         // 403
  not_found,         // 404
  method_not_allowed,// 405
  request_timeout,   // 408: the caller was too slow to send
  too_large,         // 413
  unsupported_media, // 415
  rate_limited,      // 429
  cancelled,         // 499: the caller left; logged, never sent
  internal,          // 500: a bug
  not_implemented,   // 501
  upstream_failed,   // 502: the provider broke, refused the connection, or answered nonsense
  overloaded,        // 503: our own limits
  draining,          // 503: shutting down
  upstream_timeout,  // 504
};

// The code's usual name, as design and log have it; an Error may carry a narrower one.
constexpr const char* usual_name(Code code) {
  switch (code) {
    case Code::bad_request: return "invalid_request_error";
    case Code::unauthorized: return "invalid_api_key";
    case Code::over_budget: return "budget_exceeded";
    case Code::forbidden: return "permission_denied";
    case Code::not_found: return "not_found";
    case Code::method_not_allowed: return "method_not_allowed";
    case Code::request_timeout: return "request_timeout";
    case Code::too_large: return "request_too_large";
    case Code::unsupported_media: return "unsupported_media_type";
    case Code::rate_limited: return "rate_limit_exceeded";
    case Code::cancelled: return "client_left";
    case Code::internal: return "internal_error";
    case Code::not_implemented: return "not_implemented";
    case Code::upstream_failed: return "upstream_error";
    case Code::overloaded: return "overloaded";
    case Code::draining: return "draining";
    case Code::upstream_timeout: return "upstream_timeout";
  }
  return "internal_error";
}

class Error {
 public:
  Error(Code code, std::string message) : x_code(code), x_message(std::move(message)) {}

  Code code() const { return x_code; }
  const std::string& message() const { return x_message; }
  // Machine-readable name as the caller sees it ("model_not_found"); empty: the code's usual name.
  const std::string& name() const { return x_name; }
  std::string name_or_usual() const { return x_name.empty() ? usual_name(x_code) : x_name; }
  // The request field at fault ("model"); empty: none.
  const std::string& param() const { return x_param; }
  std::optional<std::chrono::milliseconds> retry_after() const { return x_retry_after; }
  // The HTTP status it is answered with, where that is not the one of its code (a provider's 500 or 529); 0: the code's.
  int status() const { return x_status; }

  Error&& named(std::string name) && { x_name = std::move(name); return std::move(*this); }
  Error&& about(std::string param) && { x_param = std::move(param); return std::move(*this); }
  Error&& answered_with(int status) && { x_status = status; return std::move(*this); }
  Error&& retry_in(std::chrono::milliseconds wait) && { x_retry_after = wait; return std::move(*this); }

 private:
  Code x_code;
  int x_status = 0;
  std::string x_message;
  std::string x_name;
  std::string x_param;
  std::optional<std::chrono::milliseconds> x_retry_after;
};

template <class T = void>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : x_state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : x_state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return x_state.index() == 0; }
  bool has_value() const { return x_state.index() == 0; }
  T& operator*() & { return *std::get_if<0>(&x_state); }
  const T& operator*() const& { return *std::get_if<0>(&x_state); }
  T&& operator*() && { return std::move(*std::get_if<0>(&x_state)); }
  T* operator->() { return std::get_if<0>(&x_state); }
  const T* operator->() const { return std::get_if<0>(&x_state); }
  Error& error() & { return *std::get_if<1>(&x_state); }
  const Error& error() const& { return *std::get_if<1>(&x_state); }
  Error&& error() && { return std::move(*std::get_if<1>(&x_state)); }

 private:
  std::variant<T, Error> x_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : x_error(std::move(error)) {}

  explicit operator bool() const { return !x_error; }
  bool has_value() const { return !x_error; }
  Error& error() & { return *x_error; }
  const Error& error() const& { return *x_error; }
  Error&& error() && { return std::move(*x_error); }

 private:
  std::optional<Error> x_error;
};

}  // namespace sluice
