#include "dialects/bedrock/encode.hpp"

#include "dialects/bedrock/content.hpp"
#include "dialects/bedrock/conversation.hpp"
#include "dialects/bedrock/model_family.hpp"
#include "dialects/bedrock/settings.hpp"

namespace sluice::dialects::bedrock {
namespace {

struct Parts { Conversation conversation; Settings settings; };

Result<Parts> decide(const llm::ChatRequest& asked, std::string_view model_id, Dropped& dropped) {
  const Model model = model_of(model_id);
  auto conversation = encode_conversation(asked.messages, model, dropped);
  if (!conversation) return std::move(conversation).error();
  auto settings = decide_settings(asked, model, *conversation, dropped);
  if (!settings) return std::move(settings).error();
  if (!settings->instruction.empty()) {
    begin_element(conversation->system);
    append_text(conversation->system, settings->instruction);
  }
  return Parts{std::move(*conversation), std::move(*settings)};
}

void member(std::string& out, std::string_view name, const std::string& raw) {
  if (!raw.empty()) out.append(",\"").append(name).append("\":").append(raw);
}

void append_head(std::string& out, const Parts& parts) {
  out.append("{\"messages\":[").append(parts.conversation.messages).append("]");
  if (!parts.conversation.system.empty()) out.append(",\"system\":[").append(parts.conversation.system).append("]");
}

}  // namespace

Result<Encoded> encode(const llm::ChatRequest& asked, std::string_view model) {
  Dropped dropped;
  auto parts = decide(asked, model, dropped);
  if (!parts) return std::move(parts).error();
  const Settings& settings = parts->settings;
  Encoded out;
  out.body.reserve(parts->conversation.messages.size() + parts->conversation.system.size() + settings.tools.size() + 512);
  append_head(out.body, *parts);
  member(out.body, "inferenceConfig", settings.inference);
  member(out.body, "toolConfig", settings.tools);
  member(out.body, "additionalModelRequestFields", settings.additional);
  member(out.body, "outputConfig", settings.output);
  member(out.body, "requestMetadata", settings.metadata);
  member(out.body, "serviceTier", settings.service_tier);
  out.body += settings.others;
  out.body += '}';
  out.dropped = dropped.take();
  return out;
}

// Only what is counted: settings of the answer are none of it, and none is missed.
Result<Encoded> encode_count_tokens(const llm::ChatRequest& asked, std::string_view model) {
  Dropped dropped;
  auto parts = decide(asked, model, dropped);
  if (!parts) return std::move(parts).error();
  Encoded out;
  out.body = R"({"input":{"converse":)";
  append_head(out.body, *parts);
  member(out.body, "toolConfig", parts->settings.tools);
  member(out.body, "additionalModelRequestFields", parts->settings.additional);
  out.body += "}}}";
  return out;
}

}  // namespace sluice::dialects::bedrock
