"""A conversation that providers of every dialect play alike: two calls at once, then a third, then the answer. Each fake
reads what it is sent by its own dialect's rules, refuses what its API would refuse, and notes which of the proofs it
gave (signatures of thinking) have come back.

    user       How warm is it in Paris, Oslo and Rome?
    assistant  (thinks) Let me look.  get_weather Paris, get_weather Oslo
    tool       21 / -3
    assistant  (thinks) get_weather Rome
    tool       25
    assistant  Paris 21, Oslo -3, Rome 25.
"""
import base64
import binascii
import json
import struct
import urllib.parse

QUESTION = "How warm is it in Paris, Oslo and Rome?"
SYSTEM = "You know the weather."
ANSWER = "Paris 21, Oslo -3, Rome 25."
DEGREES = {"Paris": "21", "Oslo": "-3", "Rome": "25"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "Its name"}}, "required": ["city"]}
TURNS = [("Let me look.", ["Paris", "Oslo"]), ("", ["Rome"]), (ANSWER, [])]
THOUGHTS = ["They want three cities.", "One is left.", "That is all."]


class Refused(Exception):
    """What the real API would answer 400 to."""


def require(holds, why):
    if not holds:
        raise Refused(why)


def pieces(text, size=7):
    return [text[at:at + size] for at in range(0, len(text), size)] or [""]


class Fake:
    """answer(seen, caller) of an Upstream. `turns` has one entry for each good request: which proofs came back."""

    def __init__(self):
        self.turns, self.refused = [], []

    def __call__(self, seen, caller):
        try:
            body = json.loads(seen.body)
            turn, proofs = self.read(seen, body)
        except Refused as why:
            self.refused.append(str(why))
            return caller.send(400, self.error(str(why)))
        self.turns.append(proofs)
        return self.write(seen, body, turn, caller)

    def check(self, question, system, steps):
        """`steps`: [(calls, results)] with calls [(key, city)] and results [(key, text)] of each turn so far; the turn
        that is due."""
        require(QUESTION in question, f"the question is {question!r}")
        require(system is None or SYSTEM in system, f"the system prompt is {system!r}")
        for at, (calls, results) in enumerate(steps):
            wanted = TURNS[at][1]
            require([city for _, city in calls] == wanted, f"turn {at} had the calls {calls}")
            require(len(results) == len(calls), f"turn {at} has {len(results)} results for {len(calls)} calls")
            for (key, city), (answered, text) in zip(sorted(calls), sorted(results)):
                require(key == answered, f"result for {answered!r}, call {key!r}")
                require(DEGREES[city] in text, f"the result for {city} is {text!r}")
        return len(steps)


def text_of(content):
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


class OpenAIChat(Fake):
    thinks = "reasoning_content"

    def error(self, why):
        return {"error": {"message": why, "type": "invalid_request_error", "param": None, "code": None}}

    def read(self, seen, body):
        require(seen.path == "/v1/chat/completions", seen.path)
        question, system, steps, open_calls = "", "", [], {}
        for message in body["messages"]:
            role = message["role"]
            if role in ("system", "developer"):
                system += text_of(message["content"])
            elif role == "user":
                question += text_of(message["content"])
            elif role == "assistant":
                calls = [(call["id"], json.loads(call["function"]["arguments"])["city"]) for call in message.get("tool_calls") or []]
                require(len({key for key, _ in calls}) == len(calls), "tool call ids repeat")
                steps.append((calls, []))
            else:
                require(role == "tool" and steps, f"a message of role {role}")
                steps[-1][1].append((message["tool_call_id"], text_of(message["content"])))
        require([tool["function"]["name"] for tool in body["tools"]] == ["get_weather"], "tools")
        require(body["tools"][0]["function"]["parameters"]["required"] == ["city"], "schema")
        return self.check(question, system, steps), []

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        calls = [{"id": f"call_{turn}{at}", "type": "function",
                  "function": {"name": "get_weather", "arguments": json.dumps({"city": city})}} for at, city in enumerate(cities)]
        usage = {"prompt_tokens": 100 + turn, "completion_tokens": 20, "total_tokens": 120 + turn,
                 "completion_tokens_details": {"reasoning_tokens": 5}}
        finish = "tool_calls" if calls else "stop"
        common = {"id": f"chatcmpl-{turn}", "created": 1700000000, "model": body["model"]}
        if not body.get("stream"):
            message = {"role": "assistant", "content": text or None, self.thinks: THOUGHTS[turn]}
            if calls:
                message["tool_calls"] = calls
            return caller.send(200, {**common, "object": "chat.completion", "usage": usage,
                                     "choices": [{"index": 0, "message": message, "finish_reason": finish}]})
        caller.begin()

        def delta(what, reason=None):
            caller.event({**common, "object": "chat.completion.chunk",
                          "choices": [{"index": 0, "delta": what, "finish_reason": reason}]})

        delta({"role": "assistant", "content": ""})
        for piece in pieces(THOUGHTS[turn]):
            delta({self.thinks: piece})
        for piece in pieces(text) if text else []:
            delta({"content": piece})
        for at, call in enumerate(calls):
            delta({"tool_calls": [{"index": at, **call, "function": {"name": "get_weather", "arguments": ""}}]})
            for piece in pieces(call["function"]["arguments"]):
                delta({"tool_calls": [{"index": at, "function": {"arguments": piece}}]})
        delta({}, finish)
        if body.get("stream_options", {}).get("include_usage"):
            caller.event({**common, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        caller.event("[DONE]")
        return caller.end()


class OpenAIResponses(Fake):
    def error(self, why):
        return {"error": {"message": why, "type": "invalid_request_error", "param": None, "code": None}}

    def read(self, seen, body):
        require(seen.path == "/v1/responses", seen.path)
        question, system, steps, proofs = "", body.get("instructions") or "", [], []
        items = body["input"] if isinstance(body["input"], list) else [{"role": "user", "content": body["input"]}]
        for item in items:
            kind = item.get("type", "message")
            if kind == "message" and item["role"] == "assistant":
                continue
            if kind == "message":
                text = text_of(item["content"])
                if item["role"] == "user":
                    question += text
                else:
                    system += text
            elif kind == "reasoning":
                require(item["id"].startswith("rs_"), "a reasoning item without its id")
                proofs.append(item.get("encrypted_content"))
            elif kind == "function_call":
                if not steps or steps[-1][1]:
                    steps.append(([], []))
                steps[-1][0].append((item["call_id"], json.loads(item["arguments"])["city"]))
            else:
                require(kind == "function_call_output" and steps, f"an item of type {kind}")
                output = item["output"]
                steps[-1][1].append((item["call_id"], output if isinstance(output, str) else text_of(output)))
        require(all(proof in (None, f"gAAAA-sealed-{at}") for at, proof in enumerate(proofs)), f"proofs {proofs}")
        return self.check(question, system, steps), [proof for proof in proofs if proof]

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        output = [{"type": "reasoning", "id": f"rs_{turn}", "summary": [{"type": "summary_text", "text": THOUGHTS[turn]}]}]
        if "reasoning.encrypted_content" in (body.get("include") or []):
            output[0]["encrypted_content"] = f"gAAAA-sealed-{turn}"
        if text:
            output.append({"type": "message", "id": f"msg_{turn}", "role": "assistant", "status": "completed",
                           "content": [{"type": "output_text", "text": text, "annotations": []}]})
        output += [{"type": "function_call", "id": f"fc_{turn}{at}", "call_id": f"call_{turn}{at}", "name": "get_weather",
                    "arguments": json.dumps({"city": city}), "status": "completed"} for at, city in enumerate(cities)]
        response = {"id": f"resp_{turn}", "object": "response", "created_at": 1700000000, "model": body["model"],
                    "status": "completed", "error": None, "incomplete_details": None, "instructions": None, "metadata": {},
                    "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
                    "output": output,
                    "usage": {"input_tokens": 100 + turn, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 20,
                              "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 120 + turn}}
        if not body.get("stream"):
            return caller.send(200, response)
        caller.begin()
        number = [0]

        def event(kind, **members):
            data = json.dumps({"type": kind, "sequence_number": number[0], **members})
            number[0] += 1
            caller.chunk(f"event: {kind}\ndata: {data}\n\n".encode())

        begun = {**response, "status": "in_progress", "output": [], "usage": None}
        event("response.created", response=begun)
        event("response.in_progress", response=begun)
        for at, item in enumerate(output):
            self._item(event, at, item)
        event("response.completed", response=response)
        return caller.end()

    @staticmethod
    def _item(event, at, item):
        place = {"item_id": item["id"], "output_index": at}
        if item["type"] == "reasoning":
            event("response.output_item.added", output_index=at, item={**item, "summary": [], "encrypted_content": None})
            event("response.reasoning_summary_part.added", **place, summary_index=0, part={"type": "summary_text", "text": ""})
            for piece in pieces(item["summary"][0]["text"]):
                event("response.reasoning_summary_text.delta", **place, summary_index=0, delta=piece)
            event("response.reasoning_summary_text.done", **place, summary_index=0, text=item["summary"][0]["text"])
            event("response.reasoning_summary_part.done", **place, summary_index=0, part=item["summary"][0])
        elif item["type"] == "message":
            part = item["content"][0]
            event("response.output_item.added", output_index=at, item={**item, "content": [], "status": "in_progress"})
            event("response.content_part.added", **place, content_index=0, part={**part, "text": ""})
            for piece in pieces(part["text"]):
                event("response.output_text.delta", **place, content_index=0, delta=piece, logprobs=[])
            event("response.output_text.done", **place, content_index=0, text=part["text"], logprobs=[])
            event("response.content_part.done", **place, content_index=0, part=part)
        else:
            event("response.output_item.added", output_index=at, item={**item, "arguments": "", "status": "in_progress"})
            for piece in pieces(item["arguments"]):
                event("response.function_call_arguments.delta", **place, delta=piece)
            event("response.function_call_arguments.done", **place, arguments=item["arguments"])
        event("response.output_item.done", output_index=at, item=item)


class Anthropic(Fake):
    def error(self, why):
        return {"type": "error", "error": {"type": "invalid_request_error", "message": why}}

    def read(self, seen, body):
        require(seen.path == "/v1/messages", seen.path)
        require(seen.header("anthropic-version") == "2023-06-01", "no anthropic-version")
        require(isinstance(body["max_tokens"], int), "max_tokens")
        question, steps, proofs, side = "", [], [], None
        for message in body["messages"]:
            require(message["role"] in ("user", "assistant") and message["role"] != side, f"roles do not alternate: {message['role']}")
            side = message["role"]
            blocks = message["content"] if isinstance(message["content"], list) else [{"type": "text", "text": message["content"]}]
            require(blocks, "an empty message")
            if side == "assistant":
                steps.append(([], []))
            for at, block in enumerate(blocks):
                kind = block["type"]
                if kind == "text":
                    require(block["text"].strip(), "an empty text block")
                    question += block["text"] if side == "user" else ""
                elif kind == "thinking":
                    require(side == "assistant" and block["signature"] == self.proof(len(steps) - 1), f"signature {block['signature']!r}")
                    require(block["thinking"] == THOUGHTS[len(steps) - 1], "thinking was changed")
                    require(at == 0, "thinking must come first")
                    proofs.append(block["signature"])
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


class Gemini(Fake):
    def error(self, why):
        return {"error": {"code": 400, "message": why, "status": "INVALID_ARGUMENT"}}

    @staticmethod
    def proof(turn):
        return base64.b64encode(f"gemini's seal {turn}".encode()).decode()

    def read(self, seen, body):
        require(":generateContent" in seen.path or ":streamGenerateContent?alt=sse" in seen.path, seen.path)
        question, steps, proofs, side = "", [], [], None
        for content in body["contents"]:
            role = "user" if content["role"] == "function" else content["role"]
            require(role in ("user", "model") and role != side, f"roles do not alternate: {role}")
            side = role
            if side == "model":
                steps.append(([], []))
            require(content["parts"], "a content without parts")
            for part in content["parts"]:
                if part.get("thoughtSignature") == self.proof(len(steps) - 1):
                    require("functionCall" in part and part["functionCall"]["args"]["city"] == TURNS[len(steps) - 1][1][0],
                            f"the signature is on another part: {part}")
                    proofs.append(part["thoughtSignature"])
                if "functionCall" in part:
                    first = not steps[-1][0]
                    require(not first or part.get("thoughtSignature") in (self.proof(len(steps) - 1), "skip_thought_signature_validator"),
                            f"a function call without its signature: {part}")
                    steps[-1][0].append((part["functionCall"]["args"]["city"],) * 2)
                elif "functionResponse" in part:
                    answer = part["functionResponse"]
                    require(isinstance(answer["response"], dict) and answer["name"] == "get_weather", f"{answer}")
                    city = TURNS[len(steps) - 1][1][len(steps[-1][1])]   # answers come in the order of the calls
                    steps[-1][1].append((city, json.dumps(answer["response"])))
                elif side == "user":
                    question += part["text"]
        declared = body["tools"][0]["functionDeclarations"]
        require([one["name"] for one in declared] == ["get_weather"], "tools")
        system = "".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", []))
        return self.check(question, system, steps), proofs

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        parts = []
        if body.get("generationConfig", {}).get("thinkingConfig", {}).get("includeThoughts"):
            parts.append({"text": THOUGHTS[turn], "thought": True})
        if text:
            parts.append({"text": text})
        for at, city in enumerate(cities):
            parts.append({"functionCall": {"name": "get_weather", "args": {"city": city}}})
            if at == 0:
                parts[-1]["thoughtSignature"] = self.proof(turn)
        usage = {"promptTokenCount": 100 + turn, "candidatesTokenCount": 15, "thoughtsTokenCount": 5, "totalTokenCount": 120 + turn}
        common = {"modelVersion": "gemini-3-pro-preview", "responseId": f"resp{turn}", "usageMetadata": usage}

        def candidate(some, reason):
            return {**common, "candidates": [{"index": 0, "content": {"role": "model", "parts": some},
                                              **({"finishReason": reason} if reason else {})}]}

        if "streamGenerateContent" not in seen.path:
            return caller.send(200, candidate(parts, "STOP"))
        caller.begin()
        for at, part in enumerate(parts):
            caller.chunk(f"data: {json.dumps(candidate([part], 'STOP' if at == len(parts) - 1 else None))}\r\n\r\n".encode())
        return caller.end()


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
                event("contentBlockStart", {"contentBlockIndex": at, "start": {"toolUse": {key: value[key] for key in ("toolUseId", "name")}}})
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


class Cohere(Fake):
    def error(self, why):
        return {"id": "e-1", "message": why}

    def read(self, seen, body):
        require(seen.path == "/v2/chat", seen.path)
        question, system, steps = "", "", []
        for message in body["messages"]:
            role = message["role"]
            if role == "system":
                system += text_of(message["content"])
            elif role == "user":
                question += text_of(message["content"])
            elif role == "assistant":
                steps.append(([(call["id"], json.loads(call["function"]["arguments"])["city"]) for call in message.get("tool_calls") or []], []))
            else:
                require(role == "tool" and steps, f"a message of role {role}")
                content = message["content"]
                steps[-1][1].append((message["tool_call_id"], content if isinstance(content, str) else json.dumps(content)))
        require(body["tools"][0]["function"]["parameters"]["required"] == ["city"], "schema")
        return self.check(question, system, steps), []

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        calls = [{"id": f"get_weather_{turn}{at}", "type": "function",
                  "function": {"name": "get_weather", "arguments": json.dumps({"city": city})}} for at, city in enumerate(cities)]
        usage = {"billed_units": {"input_tokens": 60 + turn, "output_tokens": 20}, "tokens": {"input_tokens": 100 + turn, "output_tokens": 25}}
        reason = "TOOL_CALL" if calls else "COMPLETE"
        if not body.get("stream"):
            message = {"role": "assistant"}
            if calls:
                message.update({"tool_plan": text or "On.", "tool_calls": calls})
            else:
                message["content"] = [{"type": "text", "text": text}]
            return caller.send(200, {"id": f"c-{turn}", "message": message, "finish_reason": reason, "usage": usage})
        caller.begin()

        def event(kind, **members):
            caller.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode())

        event("message-start", id=f"c-{turn}", delta={"message": {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}})
        if calls:
            for piece in pieces(text or "On."):
                event("tool-plan-delta", delta={"message": {"tool_plan": piece}})
        else:
            event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}})
            for piece in pieces(text):
                event("content-delta", index=0, delta={"message": {"content": {"text": piece}}})
            event("content-end", index=0)
        for at, call in enumerate(calls):
            event("tool-call-start", index=at, delta={"message": {"tool_calls": {**call, "function": {"name": "get_weather", "arguments": ""}}}})
            for piece in pieces(call["function"]["arguments"]):
                event("tool-call-delta", index=at, delta={"message": {"tool_calls": {"function": {"arguments": piece}}}})
            event("tool-call-end", index=at)
        event("message-end", delta={"finish_reason": reason, "usage": usage})
        caller.event("[DONE]")
        return caller.end()


class Ollama(Fake):
    def error(self, why):
        return {"error": why}

    def read(self, seen, body):
        require(seen.path == "/api/chat", seen.path)
        question, system, steps = "", "", []
        for message in body["messages"]:
            role = message["role"]
            require(isinstance(message.get("content", ""), str), "content must be a string")
            if role == "system":
                system += message["content"]
            elif role == "user":
                question += message["content"]
            elif role == "assistant":
                calls = [call["function"]["arguments"]["city"] for call in message.get("tool_calls") or []]
                steps.append(([(city, city) for city in calls], []))
            else:
                require(role == "tool" and steps, f"a message of role {role}")
                city = TURNS[len(steps) - 1][1][len(steps[-1][1])]
                steps[-1][1].append((city, message["content"]))
        return self.check(question, system, steps), []

    def write(self, seen, body, turn, caller):
        text, cities = TURNS[turn]
        common = {"model": body["model"], "created_at": f"2026-01-01T00:00:0{turn}Z"}
        message = {"role": "assistant", "content": text, "thinking": THOUGHTS[turn]}
        if cities:
            message["tool_calls"] = [{"function": {"index": at, "name": "get_weather", "arguments": {"city": city}}}
                                     for at, city in enumerate(cities)]
        end = {"done": True, "done_reason": "stop", "total_duration": 1, "prompt_eval_count": 100 + turn, "eval_count": 20}
        if body.get("stream") is False:
            return caller.send(200, {**common, "message": message, **end})
        caller.begin(200, (("Content-Type", "application/x-ndjson"),))

        def line(what):
            caller.chunk(json.dumps({**common, **what}).encode() + b"\n")

        for piece in pieces(THOUGHTS[turn]):
            line({"message": {"role": "assistant", "content": "", "thinking": piece}, "done": False})
        for piece in pieces(text) if text else []:
            line({"message": {"role": "assistant", "content": piece}, "done": False})
        if cities:
            line({"message": {"role": "assistant", "content": "", "tool_calls": message["tool_calls"]}, "done": False})
        line({"message": {"role": "assistant", "content": ""}, **end})
        return caller.end()
