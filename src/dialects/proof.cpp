#include "sluice/dialects/proof.hpp"

namespace sluice::dialects {
namespace {

constexpr std::string_view mark = "sluice:";

std::string_view name_of(llm::Maker maker) {
  switch (maker) {
    case llm::Maker::anthropic: return "anthropic";
    case llm::Maker::google: return "google";
    case llm::Maker::openai: return "openai";
    case llm::Maker::unknown: break;
  }
  return "";
}

llm::Maker maker_of(std::string_view name) {
  for (const llm::Maker maker : {llm::Maker::anthropic, llm::Maker::google, llm::Maker::openai}) {
    if (name == name_of(maker)) return maker;
  }
  return llm::Maker::unknown;
}

// `"signature": ""` somewhere.
bool holds_unsigned(std::string_view body) {
  constexpr std::string_view name = "\"signature\"";
  for (std::size_t at = body.find(name); at != body.npos; at = body.find(name, at)) {
    at = body.find_first_not_of(" \t\r\n", at + name.size());
    if (at == body.npos || body[at] != ':') continue;
    at = body.find_first_not_of(" \t\r\n", at + 1);
    if (at != body.npos && body.substr(at, 2) == "\"\"") return true;
  }
  return false;
}

}  // namespace

bool holds_foreign_proof(std::string_view body) {
  for (const std::string_view marked : {"\"sluice:anthropic:", "\"sluice:google:", "\"sluice:openai:", "\"c2x1aWNlO"}) {
    if (body.find(marked) != body.npos) return true;
  }
  return holds_unsigned(body);
}

std::string write_proof(llm::Maker maker, std::string_view signature, llm::Maker native) {
  std::string out;
  if (maker != native && maker != llm::Maker::unknown) out.append(mark).append(name_of(maker)).append(":");
  return out.append(signature);
}

Proof read_proof(std::string_view text, llm::Maker native) {
  const std::size_t colon = text.starts_with(mark) ? text.find(':', mark.size()) : text.npos;
  if (colon == text.npos) return {native, std::string(text)};
  const llm::Maker maker = maker_of(text.substr(mark.size(), colon - mark.size()));
  if (maker == llm::Maker::unknown) return {native, std::string(text)};
  return {maker, std::string(text.substr(colon + 1))};
}

}  // namespace sluice::dialects
