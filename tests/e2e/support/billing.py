"""A provider that bills, and keeps a book of it: what the gateway's ledger has to agree with.

Every prompt is a number of its own, in digits and nothing else: three of them are one token in OpenAI's vocabularies, so
what a prompt is billed for can be told without a tokenizer. Every answer is as long as it may be."""
import json
import threading
import time

INPUT, OUTPUT = 1_000, 2_000   # nano-USD a token: one and two dollars a million
PRICES = {"overrides": [{"model": "gpt-4o*", "input": 1.0, "output": 2.0}]}
DIGITS = 9                     # of the number; what stands behind it makes the prompt longer
AROUND = 7                     # tokens that a chat of one message has besides its text


def dollars(nano):
    """As the configuration has them: a number, exact down to the nano-dollar, and never written with an exponent."""
    assert nano == 0 or 10**5 <= nano < 10**15
    return nano / 10**9


def body_of(number, *, tokens, length=0, stream=False, model="gpt-4o"):
    """A request for `tokens` tokens whose prompt has `length` tokens more than its number."""
    asked = {"model": model, "messages": [{"role": "user", "content": f"{number:0{DIGITS}d}" + "7" * 3 * length}],
             "max_tokens": tokens}
    return {**asked, "stream": True, "stream_options": {"include_usage": True}} if stream else asked


def input_tokens(body):
    return AROUND + len(body["messages"][0]["content"]) // 3


def worst(body):
    """What it costs at most, which is what it costs if it is answered."""
    return input_tokens(body) * INPUT + body["max_tokens"] * OUTPUT


class BillingProvider:
    """An Upstream's answer. plan(number, attempt) says what becomes of an attempt: "answer"; "refuse" (500, not billed);
    "cut" (everything is made and billed, and the answer breaks off); "late" (the same, and nothing comes until the caller
    gives up); "linger" (a few words of a stream, and then nothing: billed as far as it was made); "slow" (answers after a
    while, whoever still listens)."""

    def __init__(self, plan=lambda number, attempt: "answer"):
        self.plan = plan
        self.lock = threading.Lock()
        self.bills = {}      # number: nano-USD of each attempt, in the order in which they came
        self.reached = threading.Condition(self.lock)

    def __call__(self, seen, caller):
        body = seen.json
        number = int(body["messages"][0]["content"][:DIGITS])
        with self.lock:
            bills = self.bills.setdefault(number, [])
            attempt, kind = len(bills), self.plan(number, len(bills))
            bills.append({"refuse": 0, "linger": input_tokens(body) * INPUT}.get(kind, worst(body)))
            self.reached.notify_all()
        getattr(self, kind)(body, caller, lambda more: self.bill(number, attempt, more))

    def bill(self, number, attempt, more):
        with self.lock:
            self.bills[number][attempt] += more

    def billed(self, number):
        with self.lock:
            return sum(self.bills.get(number, ()))

    def knows(self, number):
        with self.lock:
            return number in self.bills

    def total(self):
        with self.lock:
            return sum(map(sum, self.bills.values()))

    def answer(self, body, caller, _):
        tokens = body["max_tokens"]
        usage = {"prompt_tokens": input_tokens(body), "completion_tokens": tokens, "total_tokens": 0}
        if not body.get("stream"):
            return caller.send(200, {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "word"}, "finish_reason": "length"}], "usage": usage})
        self.begin(caller)
        caller.event({**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
        caller.event({**CHUNK, "choices": [], "usage": usage})
        caller.event("[DONE]")
        caller.end()

    def refuse(self, _, caller, __):
        caller.send(500, {"error": {"message": "broke", "type": "server_error", "param": None, "code": None}})

    def cut(self, _, caller, __):
        caller.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":\"c\"")
        caller.cut()

    def late(self, _, caller, __):
        caller.gone(60)

    def linger(self, body, caller, bill):
        bill(2 * OUTPUT)
        self.begin(caller)
        caller.gone(60)

    def slow(self, body, caller, bill):
        time.sleep(0.3)
        self.answer(body, caller, bill)

    @staticmethod
    def begin(caller):
        caller.begin()
        for word in (" hello", " hello"):   # a token each
            caller.event({**CHUNK, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})


CHUNK = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}


def two_targets(first, second, of_first=None, **more):
    """Providers and an account of two targets of one model, the second for when the first fails."""
    def target(name, upstream, weight):
        return {"id": name, "type": "openai", "base_url": f"{upstream.url}/v1", "api_key": "sk-upstream-secret",
                "model": "gpt-4o", "weight": weight, "list_models": False, **more}
    return [{"id": "main", "providers": [{**target("first", first, 1), **(of_first or {})}, target("second", second, 0)]}]


def tagged(number):
    """By which a request is known in the gateway's log: its prompt is not kept there."""
    return f"x-sluice-tags: n{number}"


def number_of(row):
    """Of a row of the log."""
    return int(json.loads(row["tags"])[0][1:])
