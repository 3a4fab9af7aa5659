#include "dialects/openai/call_assembly.hpp"

#include <algorithm>
#include <utility>

#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t most_calls = 1024;

bool is_whole(std::string_view arguments) { return !arguments.empty() && !json::validate(arguments); }

}  // namespace

// nullptr: the piece begins a call.
CallAssembly::Call* CallAssembly::find(std::string_view id, std::int64_t key, bool named) {
  if (!id.empty()) {
    for (auto call = x_calls.rbegin(); call != x_calls.rend(); ++call) {
      if (call->their_id == id) return &*call;
    }
    if (named) return nullptr;
  }
  for (auto call = x_calls.rbegin(); key >= 0 && call != x_calls.rend(); ++call) {
    if (call->key == key) return named && is_whole(call->arguments) ? nullptr : &*call;   // or one index for all
  }
  return named || x_calls.empty() ? nullptr : &x_calls.back();
}

bool CallAssembly::add(const CallFields& piece, std::string_view answer, std::vector<llm::StreamEvent>& out) {
  std::string id, name;
  if (piece.id.size() > 2 && !json::unquote(piece.id, id)) return false;
  if (piece.name.starts_with('"') && !json::unquote(piece.name, name)) return false;
  const std::int64_t key = json::to_integer(piece.index).value_or(-1);
  Call* call = piece.whole ? nullptr : find(id, key, !name.empty());
  if (call == nullptr) {
    if (x_calls.size() == most_calls) return false;
    if (name.empty() && id.empty()) return true;   // Snowflake's empty call; a piece of nothing
    call = &x_calls.emplace_back();
    call->key = key;
    call->id = id.empty() ? made_call_id(answer, x_choice, static_cast<std::int64_t>(x_calls.size())) : id;
    call->their_id = std::move(id);
    call->name = std::move(name);
    call->custom = piece.custom;
  }
  if (call->signature.empty()) {
    call->signature = piece.proof.empty() ? google_signature(piece.extra) : piece.proof;
    if (!call->signature.empty()) call->maker = llm::Maker::google;
  }
  if (piece.arguments.starts_with('"')) {
    if (!json::unquote(piece.arguments, call->arguments)) return false;
  } else if (piece.arguments.starts_with('{')) {
    if (json::validate(piece.arguments)) return false;
    call->arguments += piece.arguments;
  }
  const auto index = static_cast<std::size_t>(call - x_calls.data());
  // Whether the one before is whole is asked only when another begins: not with every piece.
  const bool begins = index + 1 == x_calls.size() && index > x_live && !call->told;
  while (begins && x_live < index && is_whole(x_calls[x_live].arguments)) {
    end(x_live, out);
    ++x_live;
  }
  if (index == x_live) tell(index, out);
  return true;
}

bool CallAssembly::sign(std::string_view id, std::string_view signature, llm::Maker maker) {
  for (Call& call : x_calls) {
    if (call.their_id != id || call.told) continue;
    call.signature = signature;
    call.maker = maker;
    return true;
  }
  return false;
}

void CallAssembly::tell(std::size_t index, std::vector<llm::StreamEvent>& out) {
  Call& call = x_calls[index];
  const auto number = static_cast<std::int64_t>(index);
  if (!call.told) {
    call.told = true;
    out.push_back(llm::event::ToolCallStarted{x_choice, number, call.id, call.name, call.signature, call.maker, call.custom});
  }
  if (call.sent == call.arguments.size()) return;
  out.push_back(llm::event::ToolCallDelta{x_choice, number, call.arguments.substr(call.sent)});
  call.sent = call.arguments.size();
}

void CallAssembly::end(std::size_t index, std::vector<llm::StreamEvent>& out) {
  Call& call = x_calls[index];
  if (call.arguments.find_first_not_of(" \t\r\n") == std::string::npos && !call.custom) call.arguments += "{}";
  tell(index, out);
}

void CallAssembly::finish(std::vector<llm::StreamEvent>& out) {
  for (; x_live < x_calls.size(); ++x_live) end(x_live, out);
}

}  // namespace sluice::dialects::openai
