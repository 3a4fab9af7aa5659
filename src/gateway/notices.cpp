#include "gateway/notices.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "sluice/base/base64.hpp"
#include "sluice/base/money.hpp"
#include "sluice/http/header_block.hpp"
#include "sluice/json/write.hpp"

namespace sluice::gateway {
namespace {

using Event = config::Webhook::Event;
using governance::Level;

std::string_view name_of(Event event) {
  switch (event) {
    case Event::budget_threshold: return "budget_threshold";
    case Event::budget_exhausted: return "budget_exhausted";
    case Event::target_unhealthy: return "target_unhealthy";
    case Event::target_recovered: break;
  }
  return "target_recovered";
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::customer: return "customer";
    case Level::team: return "team";
    case Level::key: return "key";
    case Level::key_provider: return "key_provider";
    case Level::target: return "target";
    case Level::tag: break;
  }
  return "tag";
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), &size) == nullptr)
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

Announcement announcement_of(const governance::Notice& notice) {
  const bool exhausted = notice.what == governance::Notice::What::exhausted;
  const std::string level(name_of(notice.level)), percent = std::to_string(notice.percent);
  std::string data = "{\"level\":\"" + level + "\",\"subject\":";
  json::append_quoted(data, notice.subject);
  data += ",\"percent\":" + percent + ",\"used_usd\":" + usd(notice.used) + ",\"limit_usd\":" + usd(notice.limit) +
          ",\"resets_at\":" + std::to_string(notice.resets_at) + "}";
  std::string line = "the budget of " + level + " " + notice.subject + (exhausted ? " is exhausted: " : " is used to " + percent + "%: ") +
                     usd(notice.used) + " of " + usd(notice.limit) + " dollars";
  return {exhausted ? Event::budget_exhausted : Event::budget_threshold, std::move(data), std::move(line)};
}

Announcement announcement_of(std::string_view account, std::string_view target, std::string_view provider, bool healthy) {
  const std::string data = "{\"account\":" + json::quoted(account) + ",\"target\":" + json::quoted(target) +
                           ",\"provider\":" + json::quoted(provider) + "}";
  std::string line = "target " + std::string(account) + "/" + std::string(target) +
                     (healthy ? " answers again" : " fails again and again and is asked less often");
  return {healthy ? Event::target_recovered : Event::target_unhealthy, data, std::move(line)};
}

std::string delivery_body(const Announcement& announcement, std::string_view id, std::int64_t created) {
  return "{\"id\":" + json::quoted(id) + ",\"type\":\"" + std::string(name_of(announcement.event)) +
         "\",\"created\":" + std::to_string(created) + ",\"data\":" + announcement.data + "}";
}

std::string delivery_headers(std::string_view secret, std::string_view id, std::int64_t at, std::string_view body) {
  const std::string time = std::to_string(at);
  std::string lines = "Content-Type: application/json\r\n";
  http::append_header(lines, "webhook-id", id);
  http::append_header(lines, "webhook-timestamp", time);
  const std::string signed_text = std::string(id) + "." + time + "." + std::string(body);
  http::append_header(lines, "webhook-signature", "v1," + to_base64(hmac_sha256(secret, signed_text)));
  return lines;
}

}  // namespace sluice::gateway
