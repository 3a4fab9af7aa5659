#include "dialects/bedrock/signatures.hpp"

#include <utility>

#include "sluice/base/base64.hpp"
#include "sluice/dialects/proof.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

constexpr char behind_mark = '~';   // no signature begins so: they are base64

// OpenAI's encrypted reasoning is a Fernet token, whose first bytes are always these (recorded; github.com/fernet/spec).
bool is_openai_token(std::string_view bytes) { return bytes.starts_with("gAAAA"); }

// Its bytes' only base64, so that an SDK that decodes and encodes it gives it back unchanged.
bool is_canonical_base64(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes && !bytes->empty() && to_base64(*bytes) == text;
}

llm::Thinking* attached(llm::Part& part) {
  auto* const thinking = std::get_if<llm::Thinking>(&part);
  const bool own = thinking == nullptr || thinking->redacted || !thinking->text.empty() || thinking->signature.empty();
  if (own || (thinking->maker != llm::Maker::google && thinking->maker != llm::Maker::openai)) return nullptr;
  return thinking;
}

bool give(llm::Part& to, std::string signature, llm::Maker maker) {
  if (auto* const text = std::get_if<llm::Text>(&to)) {
    text->signature = std::move(signature);
    text->maker = maker;
    return true;
  }
  if (auto* const call = std::get_if<llm::ToolCall>(&to)) {
    call->signature = std::move(signature);
    call->maker = maker;
    return true;
  }
  return false;
}

}  // namespace

llm::Thinking read_redacted(std::string base64) {
  llm::Thinking thinking;
  thinking.redacted = true;
  const std::string bytes = from_base64(base64).value_or("");
  Proof proof = read_proof(bytes, llm::Maker::unknown);
  if (proof.maker != llm::Maker::unknown) {   // marked: ours
    thinking.maker = proof.maker;
    thinking.signature = std::move(proof.signature);
    return thinking;
  }
  if (is_openai_token(bytes)) {
    thinking.maker = llm::Maker::openai;
    thinking.signature = bytes;
    return thinking;
  }
  if (!is_openai_token(base64)) thinking.maker = llm::Maker::anthropic;
  thinking.signature = std::move(base64);
  return thinking;
}

llm::Thinking read_thinking(std::string_view raw) {
  std::string_view text, signature, redacted;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "redactedContent") redacted = value;
    if (key != "reasoningText") return;
    json::each_member(value, [&](std::string_view name, std::string_view inner) {
      if (name == "text") text = inner;
      else if (name == "signature") signature = inner;
    });
  });
  if (!redacted.empty()) return read_redacted(json::unquoted(redacted).value_or(""));
  llm::Thinking thinking;
  thinking.text = json::unquoted(text).value_or("");
  Proof proof = read_proof(json::unquoted(signature).value_or(""), llm::Maker::anthropic);
  if (!proof.signature.empty()) thinking.maker = proof.maker;
  thinking.signature = std::move(proof.signature);
  return thinking;
}

std::string redacted_base64(const llm::Thinking& thinking) {
  const bool native = thinking.maker == llm::Maker::anthropic || thinking.maker == llm::Maker::unknown;
  if (native && thinking.redacted && is_canonical_base64(thinking.signature)) return thinking.signature;
  if (thinking.maker == llm::Maker::openai && is_openai_token(thinking.signature)) return to_base64(thinking.signature);
  const llm::Maker maker = thinking.maker == llm::Maker::unknown ? llm::Maker::anthropic : thinking.maker;
  return to_base64(write_proof(maker, thinking.signature, llm::Maker::unknown));
}

void append_thinking(std::string& out, const llm::Thinking& thinking) {
  // Another maker's signature without a text would be taken for an attached one.
  const bool foreign = thinking.maker == llm::Maker::google || thinking.maker == llm::Maker::openai;
  if (thinking.redacted || (foreign && thinking.text.empty())) {
    out += "{\"redactedContent\":";
    json::append_quoted(out, redacted_base64(thinking));
    out += '}';
    return;
  }
  out += "{\"reasoningText\":{\"text\":";
  json::append_quoted(out, thinking.text);
  if (!thinking.signature.empty()) {
    out += ",\"signature\":";
    json::append_quoted(out, write_proof(thinking.maker, thinking.signature, llm::Maker::anthropic));
  }
  out += "}}";
}

std::string attached_signature(llm::Maker maker, std::string_view signature, bool behind) {
  std::string text;
  if (behind) text += behind_mark;
  text += signature;
  return write_proof(maker, text, llm::Maker::anthropic);
}

void append_attached(std::string& out, llm::Maker maker, std::string_view signature) {
  out += R"({"reasoningText":{"text":"","signature":)";
  json::append_quoted(out, attached_signature(maker, signature, false));
  out += "}}";
}

void attach_signatures(std::vector<llm::Part>& parts) {
  std::vector<llm::Part> kept;
  std::optional<std::pair<std::string, llm::Maker>> waiting;
  for (llm::Part& part : parts) {
    llm::Thinking* const signature = attached(part);
    if (signature != nullptr && signature->signature.front() == behind_mark) {
      if (!kept.empty()) give(kept.back(), signature->signature.substr(1), signature->maker);
      continue;
    }
    if (signature != nullptr) {
      waiting.emplace(std::move(signature->signature), signature->maker);
      continue;
    }
    if (waiting && give(part, std::move(waiting->first), waiting->second)) waiting.reset();
    kept.push_back(std::move(part));
  }
  parts = std::move(kept);
}

}  // namespace sluice::dialects::bedrock
