"""Google's Gemini API."""
import base64
import json

from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, require


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
                    taken = (self.proof(len(steps) - 1), "skip_thought_signature_validator")
                    require(not first or part.get("thoughtSignature") in taken, f"a function call without its signature: {part}")
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
        usage = {"promptTokenCount": 100 + turn, "candidatesTokenCount": 15, "thoughtsTokenCount": 5,
                 "totalTokenCount": 120 + turn}
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
