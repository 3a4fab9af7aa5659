#include "dialects/cohere/encode.hpp"

#include <utility>

#include "dialects/cohere/conversation.hpp"
#include "dialects/cohere/settings.hpp"

namespace sluice::dialects::cohere {

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) {
  Dropped dropped;
  auto conversation = encode_conversation(asked.messages, can_think(to.model), dropped);
  if (!conversation) return std::move(conversation).error();
  ObjectWriter body;
  body.text("model", to.model);
  body.raw("messages", "[" + conversation->messages + "]");
  const bool documents = !conversation->documents.empty();
  if (documents) body.raw("documents", "[" + conversation->documents + "]");
  auto settings = write_settings(asked, to.model, documents, body, dropped);
  if (!settings) return std::move(settings).error();
  body.boolean("stream", asked.stream);
  return Encoded{body.take(), dropped.take()};
}

}  // namespace sluice::dialects::cohere
