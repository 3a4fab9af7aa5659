"""Cohere's chat, version 2."""
import json

from support.tool_loop.conversation import TURNS, Fake, pieces, require, text_of


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
                calls = message.get("tool_calls") or []
                steps.append(([(call["id"], json.loads(call["function"]["arguments"])["city"]) for call in calls], []))
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
        usage = {"billed_units": {"input_tokens": 60 + turn, "output_tokens": 20},
                 "tokens": {"input_tokens": 100 + turn, "output_tokens": 25}}
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

        empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        event("message-start", id=f"c-{turn}", delta={"message": empty})
        if calls:
            for piece in pieces(text or "On."):
                event("tool-plan-delta", delta={"message": {"tool_plan": piece}})
        else:
            event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}})
            for piece in pieces(text):
                event("content-delta", index=0, delta={"message": {"content": {"text": piece}}})
            event("content-end", index=0)
        for at, call in enumerate(calls):
            begun = {**call, "function": {"name": "get_weather", "arguments": ""}}
            event("tool-call-start", index=at, delta={"message": {"tool_calls": begun}})
            for piece in pieces(call["function"]["arguments"]):
                event("tool-call-delta", index=at, delta={"message": {"tool_calls": {"function": {"arguments": piece}}}})
            event("tool-call-end", index=at)
        event("message-end", delta={"finish_reason": reason, "usage": usage})
        caller.event("[DONE]")
        return caller.end()
