#include "gateway/key_terms.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "sluice/base/text.hpp"

namespace sluice::gateway {
namespace {

constexpr std::size_t most_tags = 16, longest_tag = 64;

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= longest_tag && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Result<> read_tags(std::string_view list, std::vector<std::string>& tags) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view tag = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (tag.empty()) continue;
    if (!is_tag(tag)) {
      return Error(Code::bad_request, "The header x-sluice-tags takes names of up to 64 letters, digits and . _ - with commas between them.")
          .named("invalid_tags");
    }
    tags.emplace_back(tag);
  }
  return {};
}

// All lines of the header together: several say the same as one with commas.
Result<> read_tags(const http::Fields& fields, std::vector<std::string>& tags) {
  bool given = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const http::Field field = fields.at(i);
    if (!iequals(field.name, "x-sluice-tags")) continue;
    given = true;
    auto read = read_tags(field.value, tags);
    if (!read) return read;
  }
  if (!given) return {};
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() <= most_tags) return {};
  return Error(Code::bad_request, "A request may have at most 16 tags, those of its key included.").named("invalid_tags");
}

bool within(const std::array<unsigned char, 16>& address, const config::Network& network) {
  const unsigned whole = network.bits / 8, rest = network.bits % 8;
  if (std::memcmp(address.data(), network.address.data(), whole) != 0) return false;
  if (rest == 0) return true;
  const unsigned mask = 0xff00u >> rest & 0xffu;
  return (address[whole] & mask) == (network.address[whole] & mask);
}

// `peer` as the socket has it, without a port; IPv4 mapped into IPv6.
bool comes_from(const std::vector<config::Network>& networks, const std::string& peer) {
  std::array<unsigned char, 16> address{};
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, peer.c_str(), address.data() + 12) != 1 && inet_pton(AF_INET6, peer.c_str(), address.data()) != 1) return false;
  return std::any_of(networks.begin(), networks.end(), [&](const config::Network& network) { return within(address, network); });
}

}  // namespace

Result<> check_terms(Exchange& ex) {
  if (ex.terms != nullptr) {
    const KeyTerms& terms = *ex.terms;
    ex.record.customer = terms.customer;
    ex.record.tags = terms.tags;
    if (!terms.networks.empty() && !comes_from(terms.networks, ex.request.peer)) {
      return Error(Code::forbidden, "This key may not be used from the address " + ex.request.peer + ".").named("network_not_allowed");
    }
    const std::string_view operation = llm::to_string(ex.endpoint.operation);
    const bool inference = ex.endpoint.kind == Endpoint::Kind::inference;
    if (inference && !terms.endpoints.empty() && std::find(terms.endpoints.begin(), terms.endpoints.end(), operation) == terms.endpoints.end()) {
      return Error(Code::forbidden, "This key may not be used for `" + std::string(operation) + "`.").named("endpoint_not_allowed");
    }
  }
  return read_tags(ex.request.head.fields, ex.record.tags);
}

}  // namespace sluice::gateway
