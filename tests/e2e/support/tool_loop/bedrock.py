"""Amazon Bedrock's Converse API."""
import binascii
import json
import struct
import urllib.parse

from support.tool_loop.anthropic import Anthropic
from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, pieces, require, text_of


def aws_frame(kind, payload):
    """One message of AWS's event stream, by the published layout."""
    def header(name, value):
        return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    headers = header(":event-type", kind) + header(":content-type", "application/json") + header(":message-type", "event")
    data = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(data), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + data
    return message + struct.pack(">I", binascii.crc32(message))


class Bedrock(Fake):
    model = "anthropic.claude-sonnet-4-5-20250929-v1:0"

    def error(self, why):
        return {"message": why}

    def read(self, seen, body):
        path = urllib.parse.unquote(seen.path)
        require(path in (f"/model/{self.model}/converse", f"/model/{self.model}/converse-stream"), seen.path)
        require("AWS4-HMAC-SHA256" in (seen.header("authorization") or ""), "not signed")
        question, steps, proofs, side = "", [], [], None
        for message in body["messages"]:
            require(message["role"] != side, f"roles do not alternate: {message['role']}")
            side = message["role"]
            require(message["content"], "an empty message")
            if side == "assistant":
                steps.append(([], []))
            for block in message["content"]:
                (kind, value), = block.items()
                if kind == "text":
                    require(value.strip(), "an empty text")
                    question += value if side == "user" else ""
                elif kind == "reasoningContent":
                    proof = value["reasoningText"]["signature"]
                    require(proof == Anthropic.proof(len(steps) - 1), f"signature {proof!r}")
                    proofs.append(proof)
                elif kind == "toolUse":
                    steps[-1][0].append((value["toolUseId"], value["input"]["city"]))
                elif kind == "toolResult":
                    steps[-1][1].append((value["toolUseId"], json.dumps(value["content"])))
                else:
                    require(kind == "cachePoint", f"a block {kind}")
        require(body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["required"] == ["city"], "schema")
        return self.check(question, text_of(body.get("system")), steps), proofs

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        content = []
        if body.get("additionalModelRequestFields", {}).get("thinking", {}).get("type") == "enabled":
            content.append({"reasoningContent": {"reasoningText": {"text": THOUGHTS[turn], "signature": Anthropic.proof(turn)}}})
        if text:
            content.append({"text": text})
        content += [{"toolUse": {"toolUseId": f"tooluse_{turn}{at}", "name": "get_weather", "input": {"city": city}}}
                    for at, city in enumerate(cities)]
        reason = "tool_use" if cities else "end_turn"
        usage = {"inputTokens": 100 + turn, "outputTokens": 20, "totalTokens": 120 + turn}
        if not seen.path.endswith("converse-stream"):
            return caller.send(200, {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": reason,
                                     "usage": usage, "metrics": {"latencyMs": 5}})
        caller.begin(200, (("Content-Type", "application/vnd.amazon.eventstream"),))

        def event(kind, payload):
            caller.chunk(aws_frame(kind, {**payload, "p": "abcdefgh"}))

        event("messageStart", {"role": "assistant"})
        for at, block in enumerate(content):
            (kind, value), = block.items()
            if kind == "toolUse":
                start = {"toolUse": {key: value[key] for key in ("toolUseId", "name")}}
                event("contentBlockStart", {"contentBlockIndex": at, "start": start})
                deltas = [{"toolUse": {"input": piece}} for piece in pieces(json.dumps(value["input"]))]
            elif kind == "text":
                deltas = [{"text": piece} for piece in pieces(value)]
            else:
                reasoning = value["reasoningText"]
                deltas = [{"reasoningContent": {"text": piece}} for piece in pieces(reasoning["text"])]
                deltas.append({"reasoningContent": {"signature": reasoning["signature"]}})
            for delta in deltas:
                event("contentBlockDelta", {"contentBlockIndex": at, "delta": delta})
            event("contentBlockStop", {"contentBlockIndex": at})
        event("messageStop", {"stopReason": reason})
        event("metadata", {"usage": usage, "metrics": {"latencyMs": 5}})
        return caller.end()
