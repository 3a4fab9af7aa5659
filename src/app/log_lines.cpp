#include "app/log_lines.hpp"

#include <nlohmann/json.hpp>

#include "app/table.hpp"
#include "sluice/admin/log_json.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {
namespace {

constexpr std::size_t total_width = 120;
constexpr std::size_t time_width = 14, id_width = 8, key_width = 12, model_width = 25, provider_width = 9,
                      status_width = 3;
constexpr std::size_t tokens_width = 16, cost_width = 10, span_width = 6;

// The random part's end tells requests apart; `sluice logs --request` takes it.
std::string short_id(const std::string& id) { return id.size() > id_width ? id.substr(id.size() - id_width) : id; }

std::string models(const store::RequestRecord& r) {
  if (r.model_served.empty() || r.model_served == r.model_asked) return r.model_asked;
  if (r.model_asked.empty()) return r.model_served;
  // Both names stay readable: each gets half, or what the other does not need.
  const auto asked = printable(r.model_asked), served = printable(r.model_served);
  constexpr std::size_t room = model_width - 1;
  const auto asked_width = std::min(width(asked), std::max(room / 2, room - std::min(room, width(served))));
  return fitted(asked, asked_width) + "→" + served;
}

std::string tokens(const llm::Usage& usage) {
  if (usage.input == 0 && usage.output == 0) return "-";
  std::string text = (usage.estimated ? "~" : "") + std::to_string(usage.input) + "/" + std::to_string(usage.output);
  if (usage.cache_read > 0) text += " (" + std::to_string(usage.cache_read) + ")";
  return text;
}

std::string span(std::int64_t us) {
  if (us <= 0) return "-";
  if (us < 10'000'000) return std::to_string((us + 500) / 1000) + "ms";
  return std::to_string((us + 500'000) / 1'000'000) + "s";
}

std::string one_line(const store::RequestRecord& r) {
  const std::string repeated = r.attempts.size() > 1 ? "×" + std::to_string(r.attempts.size()) : "";
  std::string text = fitted(format_rfc3339(r.at_us / 1'000'000).substr(5, 14), time_width);
  text[5] = ' ';   // "11-23 06:31:11"
  text += " " + fitted(short_id(r.id), id_width) + " " + fitted(r.key_id.empty() ? "-" : r.key_id, key_width);
  text += " " + fitted(models(r), model_width) + " " + fitted(r.provider.empty() ? "-" : r.provider, provider_width);
  text += " " + fitted(std::to_string(r.status), status_width) + " " + fitted(tokens(r.usage), tokens_width, true);
  text += " " + fitted(admin::cost_known(r) ? "$" + usd(r.cost_nano_usd, 6) : "-", cost_width, true);
  text += " " + fitted(span(r.first_byte_us), span_width, true) + " " + fitted(span(r.total_us), span_width, true);
  return text + repeated;
}

}  // namespace

std::string usd(std::int64_t nano_usd, int decimals) {
  std::uint64_t unit = 1, shown = 1;   // nano-USD per last decimal; last decimals per dollar
  for (int i = decimals; i < 9; ++i) unit *= 10;
  for (int i = 0; i < decimals; ++i) shown *= 10;
  const auto amount = nano_usd < 0 ? 0 - static_cast<std::uint64_t>(nano_usd) : static_cast<std::uint64_t>(nano_usd);
  const auto whole = amount / unit + (amount % unit * 2 >= unit ? 1 : 0);
  auto fraction = std::to_string(whole % shown);
  fraction.insert(0, static_cast<std::size_t>(decimals) - std::min(fraction.size(), static_cast<std::size_t>(decimals)),
                  '0');
  return (nano_usd < 0 ? "-" : "") + std::to_string(whole / shown) + "." + fraction;
}

std::string log_head() {
  std::string text =
      fitted("TIME (UTC)", time_width) + " " + fitted("REQUEST", id_width) + " " + fitted("KEY", key_width);
  text +=
      " " + fitted("MODEL", model_width) + " " + fitted("PROVIDER", provider_width) + " " + fitted("", status_width);
  text += " " + fitted("TOKENS (CACHED)", tokens_width, true) + " " + fitted("COST", cost_width, true);
  return text + " " + fitted("FIRST", span_width, true) + " " + fitted("TOTAL", span_width, true) + "\n";
}

std::string log_line(const store::RequestRecord& r) {
  auto text = one_line(r) + "\n";
  if (r.error.empty()) return text;
  const auto why = r.error_message.empty() ? r.error : r.error + ": " + r.error_message;
  constexpr std::size_t indent = time_width + 1;
  auto line = fitted(why, total_width - indent);
  line.erase(line.find_last_not_of(' ') + 1);
  return text + std::string(indent, ' ') + line + "\n";
}

std::string log_json(const store::RequestRecord& record) {
  return admin::log_json(record).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sluice::app
