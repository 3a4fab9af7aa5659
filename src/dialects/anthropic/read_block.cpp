#include "dialects/anthropic/read_block.hpp"

#include <optional>
#include <utility>

#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/read_request.hpp"
#include "dialects/anthropic/thought_proof.hpp"

namespace sluice::dialects::anthropic {
namespace {

// Its members, raw and in any order, until it is known what they mean.
struct Members {
  std::string_view text, citations, source, title, context, thinking, signature, data, id, name, input, caller, content,
      tool_use_id, is_error;
  std::optional<llm::CacheMark> cache;

  std::string_view* place(std::string_view key) {
    if (key == "text") return &text;
    if (key == "citations") return &citations;
    if (key == "source") return &source;
    if (key == "title") return &title;
    if (key == "context") return &context;
    if (key == "thinking") return &thinking;
    if (key == "signature") return &signature;
    if (key == "data") return &data;
    if (key == "id") return &id;
    if (key == "name") return &name;
    if (key == "input") return &input;
    if (key == "caller") return &caller;
    if (key == "content") return &content;
    if (key == "tool_use_id") return &tool_use_id;
    if (key == "is_error") return &is_error;
    return nullptr;
  }
};

class BlockReader {
 public:
  BlockReader(Reading& reading, const Path& path, llm::Role role, std::vector<llm::Part>& into)
      : x_reading(reading), x_path(path), x_role(role), x_into(into) {}

  bool read(std::string_view raw) {
    if (!x_reading.object(raw, x_path)) return false;
    std::string type;
    const auto said = json::find(raw, "type");
    if (!said) return x_reading.missing(x_path / "type");
    if (!x_reading.text(*said, x_path / "type", type)) return false;
    if (!is_known(type)) {   // a tool of Anthropic's, its result, a compaction: told by no other dialect
      x_into.emplace_back(llm::ServerPart{std::string(raw), llm::Dialect::anthropic});
      return true;
    }
    const bool whole = x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) {
      if (std::string_view* const place = x_members.place(key)) *place = value;
      else if (key == "cache_control") read_cache_control(x_reading, value, x_path / key, x_members.cache);
      else if (key != "type") x_reading.keep_other(x_path / key, value);
    });
    if (!whole || !block(type)) return false;
    if (x_members.cache) x_into.emplace_back(*x_members.cache);
    return true;
  }

 private:
  static bool is_known(std::string_view type) {
    return type == "text" || type == "image" || type == "document" || type == "search_result" || type == "thinking" ||
           type == "redacted_thinking" || type == "tool_use" || type == "tool_result";
  }

  bool block(std::string_view type) {
    const bool callers = x_role != llm::Role::assistant;
    if (type == "text") return text();
    if (callers && type == "image") return image();
    if (callers && type == "document") return document();
    if (callers && type == "search_result") return search_result();
    if (!callers && type == "thinking") return thinking();
    if (!callers && type == "redacted_thinking") return redacted();
    if (!callers && type == "tool_use") return tool_use();
    if (x_role == llm::Role::user && type == "tool_result") return tool_result();
    return x_reading.refuse(x_path, x_path.text() + ": a block of type '" + std::string(type) + "' cannot stand here");
  }

  bool needed(std::string_view raw, std::string_view name, std::string& into) {
    if (raw.empty()) return x_reading.missing(x_path / name);
    return x_reading.text(raw, x_path / name, into);
  }

  bool text() {
    llm::Text text;
    if (!needed(x_members.text, "text", text.text)) return false;
    if (!x_members.citations.empty()) {
      const Path path = x_path / "citations";
      const bool read = x_reading.elements(x_members.citations, path, [&](std::int64_t i, std::string_view raw) {
        if (x_reading.object(raw, path[i])) text.citations.push_back(read_citation(raw));
      });
      if (!read) return false;
    }
    x_into.emplace_back(std::move(text));
    return true;
  }

  struct Source { std::string type, media_type, data, url, file_id; std::string_view content; };
  bool source(Source& into) {
    const Path path = x_path / "source";
    if (x_members.source.empty()) return x_reading.missing(path);
    const bool read = x_reading.members(x_members.source, path, [&](std::string_view key, std::string_view value) {
      if (key == "type") x_reading.text(value, path / key, into.type);
      else if (key == "media_type") x_reading.text(value, path / key, into.media_type);
      else if (key == "data") x_reading.text(value, path / key, into.data);
      else if (key == "url") x_reading.text(value, path / key, into.url);
      else if (key == "file_id") x_reading.text(value, path / key, into.file_id);
      else if (key == "content") into.content = value;
      else x_reading.keep_other(path / key, value);
    });
    if (!read) return false;
    if (into.type.empty()) return x_reading.missing(path / "type");
    if (into.type == "url" && into.url.empty()) return x_reading.missing(path / "url");
    if (into.type == "file" && into.file_id.empty()) return x_reading.missing(path / "file_id");
    const bool data = into.type == "base64" || into.type == "text";
    if (data && into.media_type.empty()) return x_reading.missing(path / "media_type");
    if (data && into.data.empty()) return x_reading.missing(path / "data");
    return true;
  }

  bool image() {
    Source from;
    if (!source(from)) return false;
    llm::Image image;
    if (from.type == "base64") image = {std::move(from.media_type), std::move(from.data), {}, {}, {}};
    else if (from.type == "url") image.url = std::move(from.url);
    else if (from.type == "file") image.file_id = std::move(from.file_id);
    else return x_reading.unsupported(x_path / "source" / "type", from.type, "'base64', 'url', and 'file'");
    x_into.emplace_back(std::move(image));
    return true;
  }

  bool cites(bool& into) {
    const Path path = x_path / "citations";
    return x_members.citations.empty() ||
           x_reading.members(x_members.citations, path, [&](std::string_view key, std::string_view value) {
             if (key == "enabled") x_reading.boolean(value, path / key, into);
             else x_reading.keep_other(path / key, value);
           });
  }

  bool document() {
    Source from;
    if (!source(from)) return false;
    llm::File file;
    if (!x_members.title.empty() && !x_reading.text(x_members.title, x_path / "title", file.name)) return false;
    if (!x_members.context.empty() && !x_reading.text(x_members.context, x_path / "context", file.context)) return false;
    if (!cites(file.cite)) return false;
    std::vector<llm::Part> pictures;
    if (from.type == "base64") {
      file.media_type = std::move(from.media_type);
      file.base64 = std::move(from.data);
    } else if (from.type == "text") {
      file.media_type = std::move(from.media_type);
      file.text = std::move(from.data);
    } else if (from.type == "url") {
      file.media_type = "application/pdf";   // what an address may be of
      file.url = std::move(from.url);
    } else if (from.type == "file") {
      file.file_id = std::move(from.file_id);
    } else if (from.type == "content") {
      if (!pieces(from.content, x_path / "source", file, pictures)) return false;
    } else {
      return x_reading.unsupported(x_path / "source" / "type", from.type, "'base64', 'text', 'url', 'file', and 'content'");
    }
    x_into.emplace_back(std::move(file));
    for (llm::Part& picture : pictures) x_into.push_back(std::move(picture));
    return true;
  }

  // A document given in pieces, by which Claude cites: its text is one, its images follow.
  bool pieces(std::string_view content, const Path& path, llm::File& file, std::vector<llm::Part>& pictures) {
    std::vector<llm::Part> parts;
    const Path here = path / "content";
    if (content.empty()) return x_reading.missing(here);
    if (!read_content(x_reading, content, here, llm::Role::tool, parts)) return false;
    file.media_type = "text/plain";
    for (llm::Part& part : parts) {
      if (const auto* const text = std::get_if<llm::Text>(&part)) file.text += (file.text.empty() ? "" : "\n\n") + text->text;
      else if (!std::holds_alternative<llm::CacheMark>(part)) pictures.push_back(std::move(part));
    }
    return true;
  }

  bool search_result() {
    llm::File file;
    std::vector<llm::Part> others;
    if (!needed(x_members.source, "source", file.source) || !needed(x_members.title, "title", file.name)) return false;
    if (!cites(file.cite) || !pieces(x_members.content, x_path, file, others)) return false;
    x_into.emplace_back(std::move(file));
    return true;
  }

  bool thinking() {
    llm::Thinking thought;
    std::string signature;
    if (!x_members.thinking.empty() && !x_reading.text(x_members.thinking, x_path / "thinking", thought.text)) return false;
    if (!x_members.signature.empty() && !x_reading.text(x_members.signature, x_path / "signature", signature)) return false;
    ThoughtProof proof = read_thought_proof(signature);
    thought.signature = std::move(proof.signature);
    thought.maker = proof.maker;
    thought.id = std::move(proof.id);
    if (proof.of_next_part && thought.text.empty()) {
      x_into.emplace_back(llm::Text{{}, {}, std::move(thought.signature), thought.maker});
      return true;
    }
    x_into.emplace_back(std::move(thought));
    return true;
  }

  bool redacted() {
    llm::Thinking thought;
    std::string data;
    if (!needed(x_members.data, "data", data)) return false;
    ThoughtProof proof = read_thought_proof(data);
    thought.redacted = true;
    thought.signature = std::move(proof.signature);
    thought.maker = proof.maker;
    thought.id = std::move(proof.id);
    x_into.emplace_back(std::move(thought));
    return true;
  }

  bool tool_use() {
    llm::ToolCall call;
    if (!needed(x_members.id, "id", call.id) || !needed(x_members.name, "name", call.name)) return false;
    if (x_members.input.empty()) return x_reading.missing(x_path / "input");
    if (!x_reading.object(x_members.input, x_path / "input")) return false;
    call.arguments = x_members.input;
    // Who called it: the model, or code that it runs at Anthropic.
    if (!x_members.caller.empty() && json::find(x_members.caller, "type") != R"("direct")")
      x_reading.keep_other(x_path / "caller", x_members.caller);
    x_into.emplace_back(std::move(call));
    return true;
  }

  bool tool_result() {
    llm::ToolResult result;
    if (!needed(x_members.tool_use_id, "tool_use_id", result.call_id)) return false;
    if (!x_members.is_error.empty() && !x_reading.boolean(x_members.is_error, x_path / "is_error", result.is_error)) return false;
    if (!x_members.content.empty() &&
        !read_content(x_reading, x_members.content, x_path / "content", llm::Role::tool, result.content)) {
      return false;
    }
    x_into.emplace_back(std::move(result));
    return true;
  }

  Reading& x_reading;
  const Path& x_path;
  const llm::Role x_role;
  std::vector<llm::Part>& x_into;
  Members x_members;
};

}  // namespace

bool read_block(Reading& reading, std::string_view raw, const Path& path, llm::Role role, std::vector<llm::Part>& into) {
  return BlockReader(reading, path, role, into).read(raw);
}

bool read_content(Reading& reading, std::string_view raw, const Path& path, llm::Role role, std::vector<llm::Part>& into) {
  if (json::kind_of(raw) == json::Kind::string) {
    llm::Text text;
    if (!reading.text(raw, path, text.text)) return false;
    into.emplace_back(std::move(text));
    return true;
  }
  if (json::kind_of(raw) != json::Kind::array) return reading.wrong_type(path, "one of a string or array of objects", raw);
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    read_block(reading, element, path[i], role, into);
  });
}

void attach_proofs(std::vector<llm::Part>& parts) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto* const proof = std::get_if<llm::Text>(&parts[i]);
    if (proof != nullptr && proof->text.empty() && !proof->signature.empty() && i + 1 < parts.size()) {
      if (auto* const text = std::get_if<llm::Text>(&parts[i + 1]); text != nullptr && text->signature.empty()) {
        text->signature = proof->signature;
        text->maker = proof->maker;
        continue;
      }
      if (auto* const call = std::get_if<llm::ToolCall>(&parts[i + 1])) {
        call->signature = proof->signature;
        call->maker = proof->maker;
        continue;
      }
    }
    if (kept != i) parts[kept] = std::move(parts[i]);
    ++kept;
  }
  parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(kept), parts.end());
}

}  // namespace sluice::dialects::anthropic
