#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {

Worker::Worker(unsigned a_index, Shared& a_shared)
    : index(a_index), shared(a_shared), pool(http::make_client_pool(io)), credentials(io, *pool), random(std::random_device{}()) {}

double Worker::draw() {
  // minstd_rand gives 1 … 2^31-2.
  return static_cast<double>(random() - 1) / 2147483646.0;
}

}  // namespace sluice::gateway
