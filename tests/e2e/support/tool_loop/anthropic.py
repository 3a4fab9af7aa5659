"""Anthropic's Messages API."""
import base64
import json
import re

from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, pieces, require, text_of


class Anthropic(Fake):
    def error(self, why):
        return {"type": "error", "error": {"type": "invalid_request_error", "message": why}}

    def read(self, seen, body):
        require(seen.path == "/v1/messages", seen.path)
        require(re.fullmatch(r"20\d\d-\d\d-\d\d", seen.header("anthropic-version") or ""), "one anthropic-version")
        require(isinstance(body["max_tokens"], int), "max_tokens")
        question, steps, proofs, side = "", [], [], None
        for message in body["messages"]:
            role, blocks = message["role"], message["content"]
            require(role in ("user", "assistant") and role != side, f"roles do not alternate: {role}")
            side = role
            if not isinstance(blocks, list):
                blocks = [{"type": "text", "text": blocks}]
            require(blocks, "an empty message")
            if side == "assistant":
                steps.append(([], []))
            for at, block in enumerate(blocks):
                kind = block["type"]
                if kind == "text":
                    require(block["text"].strip(), "an empty text block")
                    question += block["text"] if side == "user" else ""
                elif kind == "thinking":
                    signature = block["signature"]
                    require(side == "assistant" and signature == self.proof(len(steps) - 1), f"signature {signature!r}")
                    require(block["thinking"] == THOUGHTS[len(steps) - 1], "thinking was changed")
                    require(at == 0, "thinking must come first")
                    proofs.append(signature)
                elif kind == "tool_use":
                    steps[-1][0].append((block["id"], block["input"]["city"]))
                else:
                    require(kind == "tool_result" and steps and side == "user", f"a block of type {kind}")
                    steps[-1][1].append((block["tool_use_id"], text_of(block["content"])))
        require([tool["name"] for tool in body["tools"]] == ["get_weather"], "tools")
        require(body["tools"][0]["input_schema"]["required"] == ["city"], "schema")
        return self.check(question, text_of(body.get("system")), steps), proofs

    @staticmethod
    def proof(turn):
        return base64.b64encode(f"claude's seal {turn}".encode()).decode()

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        content = []
        if body.get("thinking", {}).get("type") in ("enabled", "adaptive"):
            content.append({"type": "thinking", "thinking": THOUGHTS[turn], "signature": self.proof(turn)})
        if text:
            content.append({"type": "text", "text": text})
        content += [{"type": "tool_use", "id": f"toolu_{turn}{at}", "name": "get_weather", "input": {"city": city}}
                    for at, city in enumerate(cities)]
        reason = "tool_use" if cities else "end_turn"
        usage = {"input_tokens": 90 + turn, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 10, "output_tokens": 20}
        message = {"id": f"msg_{turn}", "type": "message", "role": "assistant", "model": body["model"], "content": content,
                   "stop_reason": reason, "stop_sequence": None, "usage": usage}
        if not body.get("stream"):
            return caller.send(200, message)
        caller.begin()

        def event(kind, **members):
            caller.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode())

        event("message_start", message={**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}})
        for at, block in enumerate(content):
            self._block(event, at, block)
            if at == 0:
                event("ping")
        event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": 20})
        event("message_stop")
        return caller.end()

    @staticmethod
    def _block(event, at, block):
        if block["type"] == "thinking":
            event("content_block_start", index=at, content_block={"type": "thinking", "thinking": "", "signature": ""})
            for piece in pieces(block["thinking"]):
                event("content_block_delta", index=at, delta={"type": "thinking_delta", "thinking": piece})
            event("content_block_delta", index=at, delta={"type": "signature_delta", "signature": block["signature"]})
        elif block["type"] == "text":
            event("content_block_start", index=at, content_block={"type": "text", "text": ""})
            for piece in pieces(block["text"]):
                event("content_block_delta", index=at, delta={"type": "text_delta", "text": piece})
        else:
            event("content_block_start", index=at, content_block={**block, "input": {}})
            event("content_block_delta", index=at, delta={"type": "input_json_delta", "partial_json": ""})
            for piece in pieces(json.dumps(block["input"])):
                event("content_block_delta", index=at, delta={"type": "input_json_delta", "partial_json": piece})
        event("content_block_stop", index=at)
