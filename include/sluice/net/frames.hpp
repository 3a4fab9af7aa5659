// Memory for the frames of coroutines: what a thread has freed is kept for its next frames, by size. Asio's own store
// searches its slots one by one, and keeps no frame above a kilobyte, which made memory a tenth of a request's work.
// Included by socket.hpp, and so by all that knows of a Task.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>

namespace sluice::net {

// On any thread; a frame may be given back by another than took it.
void* take_frame(std::size_t size);
void give_frame(void* frame, std::size_t size) noexcept;

}  // namespace sluice::net

// Where Asio asks for a frame and gives it back.
namespace boost::asio::detail {

template <>
inline void* thread_info_base::allocate(awaitable_frame_tag, thread_info_base*, std::size_t size, std::size_t) {
  return sluice::net::take_frame(size);
}

template <>
inline void thread_info_base::deallocate(awaitable_frame_tag, thread_info_base*, void* frame, std::size_t size) {
  sluice::net::give_frame(frame, size);
}

}  // namespace boost::asio::detail
