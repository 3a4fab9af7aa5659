"""Callers under load: plain and streamed requests, some who leave in the middle."""
import itertools
import json
import select
import threading

from support.billing import body_of, tagged
from support.wire import Wire, head


class Load:
    """What all callers have asked so far. `kind(number)` says how a request is made: "plain", "stream", or one of them with
    "leave" before it; `size(number)` its tokens of output and of input beyond the least."""

    def __init__(self, providers, kind, size):
        self.providers, self.kind, self.size = providers, kind, size
        self.numbers = itertools.count(1)
        self.asked = {}      # number: (key, body)
        self.whole = {}      # number: status, of the answers that came to their ends
        self.mistakes = []

    def callers(self, gateway, keys, wanted=None):
        """One for each key given, each until the gateway dies or all have asked `wanted` requests together."""
        left = itertools.count() if wanted is None else iter(range(wanted))
        return [_Caller(self, gateway, key, left) for key in keys]


class _Caller(threading.Thread):
    def __init__(self, load, gateway, key, left):
        super().__init__(daemon=True)
        self.load, self.gateway, self.key, self.left = load, gateway, key, left

    def run(self):
        try:
            while self._ask_on_one_connection():
                pass
        except OSError:
            pass   # the gateway is gone
        except Exception as mistake:
            if type(mistake).__module__ != "http.client":   # its words for a connection that ended
                self.load.mistakes.append(mistake)
                raise

    def _ask_on_one_connection(self):
        """False: all is asked."""
        load = self.load
        with Wire(self.gateway, timeout=60) as wire:
            for _ in self.left:
                number = next(load.numbers)
                kind = load.kind(number)
                tokens, length = load.size(number)
                body = body_of(number, tokens=tokens, length=length, stream="stream" in kind)
                load.asked[number] = (self.key, body)
                text = json.dumps(body).encode()
                wire.send(head(len(text), tagged(number), key=self.key) + text)
                if "leave" in kind:
                    self._leave(wire, number, "stream" in kind)
                    return True
                status, _, answer = wire.answer()
                if status == 200 and "stream" in kind and not answer.endswith(b"data: [DONE]\n\n"):
                    raise AssertionError(f"half an answer looks whole: {answer[-200:]}")
                load.whole[number] = status
        return False

    def _leave(self, wire, number, stream):
        if stream:
            while b"hello" not in (line := wire.line()):
                if not line or b"402" in line:
                    return
        else:   # until a provider has it, or an answer shows that none will
            while not any(provider.knows(number) for provider in self.load.providers):
                if select.select([wire.socket], [], [], 0.002)[0]:
                    return
