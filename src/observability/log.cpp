#include "sluice/observability/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

namespace sluice::observability {

bool set_level(std::string_view level) {
  if (level == "debug") spdlog::set_level(spdlog::level::debug);
  else if (level == "info") spdlog::set_level(spdlog::level::info);
  else if (level == "warn") spdlog::set_level(spdlog::level::warn);
  else if (level == "error") spdlog::set_level(spdlog::level::err);
  else return false;
  return true;
}

void start_log() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("sluice"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::flush_on(spdlog::level::debug);
}

}  // namespace sluice::observability
