#include "dialects/gemini/signature.hpp"

#include "sluice/base/base64.hpp"
#include "sluice/dialects/proof.hpp"

namespace sluice::dialects::gemini {
namespace {

constexpr std::string_view mark = "sluice:", encoded_mark = "c2x1aWNlO";   // what every base64 of the mark begins with
constexpr std::string_view redacted = "redacted:", id_is = "id=";

}  // namespace

std::string write_signature(const Signature& signature) {
  if (signature.text.empty()) return {};
  if (signature.maker == llm::Maker::google || signature.maker == llm::Maker::unknown) return signature.text;
  std::string told;
  if (signature.redacted) told += redacted;
  if (!signature.id.empty()) told.append(id_is).append(signature.id) += ':';
  told += signature.text;
  return to_base64(write_proof(signature.maker, told, llm::Maker::google));
}

Signature read_signature(std::string_view text) {
  Signature out;
  const auto bytes = text.starts_with(encoded_mark) ? from_base64(text) : std::nullopt;
  if (!bytes || !bytes->starts_with(mark)) {
    out.text = text;
    return out;
  }
  Proof proof = read_proof(*bytes, llm::Maker::google);
  if (proof.maker == llm::Maker::google) {
    out.text = text;
    return out;
  }
  out.maker = proof.maker;
  std::string_view rest = proof.signature;
  if (rest.starts_with(redacted)) {
    out.redacted = true;
    rest.remove_prefix(redacted.size());
  }
  if (rest.starts_with(id_is)) {
    const std::size_t colon = rest.find(':');
    if (colon != rest.npos) {
      out.id = rest.substr(id_is.size(), colon - id_is.size());
      rest.remove_prefix(colon + 1);
    }
  }
  out.text = rest;
  return out;
}

}  // namespace sluice::dialects::gemini
