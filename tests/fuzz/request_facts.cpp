// What is read of a request body against what a tree of it says; a spliced body must differ in the model only.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sluice/json/validate.hpp"
#include "sluice/llm/request_facts.hpp"
#include "support/json_oracle.hpp"

namespace {

using namespace sluice;

void require(bool holds) {
  if (!holds) std::abort();
}

void compare_with_tree(std::string_view body, const llm::RequestFacts& facts) {
  const auto tree = nlohmann::json::parse(body, nullptr, false);
  if (tree.is_discarded()) return;   // lone surrogates and endless numbers, which nlohmann refuses
  require(tree.is_object() && tree.at("model").get<std::string>() == facts.model);
  require((tree.value("stream", nlohmann::json()) == true) == facts.stream);
  const auto options = tree.value("stream_options", nlohmann::json());
  require((options.is_object() && options.value("include_usage", nlohmann::json()) == true) == facts.include_usage);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto facts = llm::read_facts(body);
  if (!facts) {
    require(facts.error().code() == Code::bad_request && !facts.error().message().empty());
    require(json::valid_utf8(facts.error().message()) && json::valid_utf8(facts.error().param()));
    return 0;
  }
  require(!json::validate(body) && !facts->model.empty() && facts->model.size() <= 512);
  compare_with_tree(body, *facts);
  const std::string spliced = llm::splice_model(body, *facts, "other \"model\"");
  const auto again = llm::read_facts(spliced);
  require(again && again->model == "other \"model\"" && again->stream == facts->stream);
  require(llm::splice_model(spliced, *again, facts->model).size() <= size + 6 * facts->model.size());
  require(spliced.substr(0, facts->model_begin) == body.substr(0, facts->model_begin));
  require(spliced.substr(again->model_end) == body.substr(facts->model_end));
  return 0;
}
