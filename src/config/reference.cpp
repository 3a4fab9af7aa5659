#include "sluice/config/reference.hpp"

#include "config/drafts.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view introduction = R"(# Configuration

<!-- Written from the loader's own tables of keys by the unit tests: do not edit. SLUICE_WRITE_DOCS=1 refreshes it. -->

One YAML file, `config/sluice.yaml` unless `--config` or `SLUICE_CONFIG` names another. `sluice check FILE` validates it without
starting anything. Reading is strict: an unknown key, a wrong type, a duplicate id, a reference to nothing is a problem, and all
problems are shown at once as `file:line:column: path: what is wrong`. What is accepted but does nothing in this version is
said in a warning. `config/full.yaml` shows every key in place.

## Values

- **Text** may be written with or without quotes; what looks like a number or a boolean needs them. Numbers, amounts and booleans
  are written without quotes, unless they come from the environment.
- **Environment**: `env.NAME` as the whole value, or `${NAME}` anywhere inside it, is replaced by the environment variable. It
  is a problem if it is not set. `$${` is a plain `${`.
- **Files**: `file:PATH` as the whole value is replaced by the file's content without its last newlines. A relative path
  begins at the directory of the configuration file. At most 1 MiB.
- **Secrets** never appear in messages, logs or answers. What came out of a variable or file is never quoted in a message.
- **Durations**: `200ms`, `30s`, `15m`, `1h`, `1d`.
- **Periods** (`reset_duration`, `retain`): `30s`, `15m`, `1h` are rolling windows; `1d`, `1w`, `1M` (month) and `1Y` are calendar periods in UTC
  unless `time_zone` is set; `alignment: rolling` makes them rolling. Several (`3d`, `2M`) are counted from 1970: docs/budgets.md says more.
- **Sizes**: `65536`, `32KiB`, `32MiB`, `10GiB`; `kB`, `MB`, `GB` are powers of ten.
- **Amounts** are US dollars, kept exactly to the billionth of a dollar: `500`, `12.50`. Prices have at most six digits after the point.
- **Model patterns**: `*` stands for any text: `gpt-4o*`.
- YAML anchors and aliases work; merge keys (`<<`) and tags do not. A file is at most 4 MiB.

## Which key a request is made with

The first of these that a request has: `Authorization: Bearer KEY`, `x-api-key`, `x-goog-api-key`, `api-key`, the query's `?key=`. Whatever
it is, it is never sent to a provider.

Without any key, in `virtual_keys` or made with `sluice keys create`, only callers on this machine are served, from the only account. Where
there are several accounts, a key must say which.

## Which target serves a request

An account's weights are normalised to a sum of 1.

1. `<target id>/<model>` or `<provider id>/<model>` picks that target, if it may serve that model.
2. A bare model name must be admitted by the account: some target pins it (`model`), some target's `models` has it, or it is the
   account's id or `auto` (these two mean the targets that pin a `model`). Otherwise the answer is 404 `model_not_found` and nothing is sent anywhere.
3. The candidates are the targets that pin a model, which answer whatever was admitted with their own model, and those whose `models`
   has the name, which are sent it as asked. One is drawn by weight; the others follow by weight, heaviest first, when it fails.
   A target of weight 0 is asked only when the others cannot.

## Where a provider's address, key and proxy come from

| | in the file | else | else |
|---|---|---|---|
| address | `base_url` | the vendor's own variable (`OPENAI_BASE_URL`, `ANTHROPIC_BASE_URL`; [providers.md](providers.md) has them all) | the public address |
| key | `api_key`, `keys` | the vendor's own variable (`OPENAI_API_KEY`, `GROQ_API_KEY` ...) | none is sent to an address of your own; at the public address the provider is left out, with a warning |
| proxy | `proxy` | `https_proxy` or `http_proxy` by the address's scheme, `all_proxy`, except what `no_proxy` lists; small letters before capitals | none |

`no_proxy` is a list of names (with all below them), addresses, networks such as `10.0.0.0/8`, or `*`. This machine is never reached
through a proxy.

## Price lists that are fetched

With `pricing.url` a price list is fetched at the start and every `pricing.refresh`. Its prices go before the built-in ones; for models it
does not have those count on. It is taken over whole or not at all: it must be readable, know half of the models that are known of its
providers, and have no price that is negative, above 10,000 dollars a million tokens, or more than twenty times or less than a twentieth
of what it was. Otherwise the list in force stays, with a line in the log. The last good one is kept as `prices.json` beside the store,
for starts at which the URL cannot be reached. `/metrics` has its age. Requests under way keep the prices they began with, and each row of the log
says by which list it was priced.

## Webhooks

A notice is a line in the log, and a `POST` to each of `webhooks` that wants it: `{"id", "type", "created", "data"}`, signed as
[Standard Webhooks](https://www.standardwebhooks.com) has it, so that its libraries check it. An answer other than 2xx is asked again after
1 s, 3 s, 9 s ... 5 min, eight times at most, with the same `webhook-id`. Each has a queue of a thousand. `budget_threshold` and
`budget_exhausted` come once for a period while the process runs. A budget is exhausted when a request is refused and all of it is used, or
at least half of it, nothing is held by other requests, and the whole of it would have admitted the request; `percent` is what is used.

## The request log

Every request has a row there, refused ones too, for as long as `logging.retain` says. Only of requests without a valid key (401) a worker
writes no more than ten rows a second, after a hundred at once, or whoever reaches the port could fill the disk; `/metrics` counts the
others as `sluice_unlogged_refusals_total`.

## Reloading

The file is watched, and `SIGHUP` reloads too. A change is loaded, validated and swapped in whole; a file with a problem changes
nothing, and the problems are logged. Requests under way keep the configuration they began with. Counters, connections and the
health of targets survive. What `file:` values were read from is watched too. A virtual key without `key` that is new gets one at
the next start. `server.listen`, `server.tls`, `server.threads` and `store` take effect at the next start.

## Keys
)";

// What would end a table's cell or be taken for markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string fallback(const Key& key) {
  if (key.required) return "**required**";
  return cell(key.fallback);
}

void append(std::string& out, const Section& section) {
  out.append("\n### ")
      .append(section.path.empty() ? "Top level" : "`" + std::string(section.path) + "`")
      .append("\n\n");
  if (!section.text.empty()) out.append(section.text).append("\n\n");
  out.append("| key | type | default | meaning |\n|---|---|---|---|\n");
  for (const Key& key : section.keys) {
    out.append("| `")
        .append(key.name)
        .append("` | ")
        .append(cell(key.type))
        .append(" | ")
        .append(fallback(key))
        .append(" | ");
    out.append(key.text);
    if (!key.in_force) out.append(" *Accepted, not in force in this version.*");
    out.append(" |\n");
  }
}

}  // namespace

std::string reference_markdown() {
  std::string out(introduction);
  for (const auto& section : root_sections()) append(out, section);
  return out;
}

}  // namespace sluice::config
