"""Ollama's own chat."""
import json

from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, pieces, require


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
