"""OpenAI's chat completions."""
import json

from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, pieces, require, text_of


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
                calls = [(call["id"], json.loads(call["function"]["arguments"])["city"])
                         for call in message.get("tool_calls") or []]
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
