"""OpenAI's Responses API."""
import json

from support.tool_loop.conversation import THOUGHTS, TURNS, Fake, pieces, require, text_of


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
