// Services that speak OpenAI's dialect, as data: config/presets.json, compiled into the program. A preset's name is a
// provider type of the configuration. Immutable; any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/presets/offer.hpp"
#include "sluice/presets/quirk_fields.hpp"

namespace sluice::presets {

// Where a service lists its models.
struct Listing {
  std::string path = "/models";   // below the base URL; empty: nowhere
  bool from_host = false;         // the path begins at the host instead
};

struct Preset {
  std::string name, title;
  std::string base_url;           // empty: an account's name is in it, so that it must be given
  std::string base_url_form;      // how it looks, where it must be given
  std::string base_url_env;       // the environment variable that the vendor's own SDK takes it from; empty: none
  std::string api_key_env;        // likewise for the key
  bool key_required = true;       // false: servers of one's own, which may be open
  std::string auth_header = "Authorization: Bearer";   // a header's name, and what stands before the key
  Offer operations;
  std::vector<std::pair<llm::Operation, std::string>> paths;   // where they are not OpenAI's
  std::string responses_path;     // likewise; empty: OpenAI's
  Listing models;
  QuirkRules quirks;
  std::string note;               // for docs/providers.md; may be empty
  std::vector<std::string> source;
};

// Strict: an unknown member, a wrong type, a name twice is an error that says where.
Result<std::vector<Preset>> parse(std::string_view json);

// Those compiled in, in the order of the file. Throws std::logic_error if the file compiled in is broken, which a unit
// test rules out.
std::span<const Preset> all();
const Preset* find(std::string_view name);   // nullptr: no such preset
std::string_view built_in_text();

}  // namespace sluice::presets
