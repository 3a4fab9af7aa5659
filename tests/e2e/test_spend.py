"""No answer is lost from the ledger or counted twice, `kill -9` included."""
import json
import signal
import threading

import pytest

from support.gateway import eventually, settings
from support.traffic import post
from support.upstream import Upstream
from support.wire import Wire, chat_body, chat_request

PRICED = {"pricing": {"unknown_model": "deny", "overrides": [{"model": "my-model", "input": 2.0, "output": 10.0}]}}
COST = 1_000 * 2_000 + 100 * 10_000   # nano-USD: 2 and 10 dollars a million tokens


def priced(upstream, **more):
    return settings(upstream, models=["my-model"], **PRICED, **more)


def usage():
    return {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}


def answer(seen, caller):
    if seen.json.get("stream"):
        caller.begin()
        for word in ("a", "b", "c"):
            caller.event({"choices": [{"index": 0, "delta": {"content": word}}]})
        caller.event({"choices": [], "usage": usage()})
        caller.event("[DONE]")
        caller.end()
    else:
        caller.send(200, {"choices": [], "usage": usage()})


@pytest.fixture
def upstream():
    with Upstream(answer) as fake:
        yield fake


class Caller(threading.Thread):
    """Asks until the gateway dies; `whole` are the ids of the answers that came to their ends."""

    def __init__(self, gateway, stream):
        super().__init__(daemon=True)
        self.gateway, self.stream, self.whole, self.asked = gateway, stream, [], 0

    def run(self):
        try:
            with Wire(self.gateway) as wire:
                while True:
                    self.asked += 1
                    wire.send(chat_request(model="my-model", stream=self.stream))
                    status, headers, _ = wire.answer()
                    assert status == 200
                    self.whole.append(headers["x-request-id"])
        except OSError:
            return
        except Exception as cut:   # http.client's words for a connection that ended
            if type(cut).__module__ != "http.client":
                raise


@pytest.mark.parametrize("rounds", [3])
def test_kill_9_under_load_loses_and_doubles_nothing(start, upstream, rounds):
    gateway = start(priced(upstream))
    whole, asked = [], 0
    for _ in range(rounds):
        callers = [Caller(gateway, stream=number % 2 == 0) for number in range(8)]
        for caller in callers:
            caller.start()
        target = len(whole) + 400
        eventually(lambda: len(whole) + sum(len(caller.whole) for caller in callers) > target, "there is load")
        gateway.send(signal.SIGKILL)
        gateway.wait()
        for caller in callers:
            caller.join(20)
            whole += caller.whole
            asked += caller.asked
        gateway.start()
    assert gateway.stop() == 0
    rows = gateway.rows("operation = 'chat'")
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)), "a row is doubled"
    assert set(whole) <= set(ids), f"{len(set(whole) - set(ids))} of {len(whole)} answers have no row"
    assert len(rows) <= asked
    of_whole = [row for row in rows if row["id"] in set(whole)]
    assert {row["cost_nano_usd"] for row in of_whole} == {COST}


@pytest.mark.parametrize("stream", [False, True])
def test_the_price_of_an_answer(start, upstream, stream):
    gateway = start(priced(upstream))
    status, headers, _ = post(gateway, "/v1/chat/completions", chat_body(model="my-model", stream=stream))
    assert status == 200
    row, = eventually(gateway.rows, "there is a row")
    assert row["id"] == headers["x-request-id"]
    assert (row["input_tokens"], row["output_tokens"]) == (1_000, 100)
    assert row["cost_nano_usd"] == COST and row["priced"] and row["price_version"]
    assert (row["key_id"], row["account"], row["model_asked"], row["target"]) == ("tester", "main", "my-model", "any")
    assert row["bytes_in"] and row["bytes_out"] and row["total_us"] >= row["first_byte_us"] > 0
    assert bool(row["stream"]) is stream
    if not stream:
        assert float(headers["x-sluice-cost-usd"]) == pytest.approx(COST / 1e9)


def test_a_caller_who_leaves_cancels_the_upstream_and_is_written_down(start):
    left = threading.Event()

    def answer_and_wait(_, caller):
        caller.begin()
        caller.event({"choices": [{"index": 0, "delta": {"content": "word"}}]})
        if caller.gone():
            left.set()

    with Upstream(answer_and_wait) as upstream:
        gateway = start(priced(upstream))
        with Wire(gateway) as wire:
            wire.send(chat_request(model="my-model", stream=True))
            while b"word" not in wire.line():
                pass
        assert left.wait(20), "the upstream call goes on for nobody"
        row, = eventually(gateway.rows, "there is a row")
    assert row["status"] == 499


def test_a_stream_that_breaks_off_is_not_shown_as_whole(start):
    def answer_and_break(_, caller):
        caller.begin()
        caller.event({"choices": [{"index": 0, "delta": {"content": "word"}}]})
        caller.cut()

    with Upstream(answer_and_break) as upstream:
        gateway = start(priced(upstream))
        with Wire(gateway) as wire:
            wire.send(chat_request(model="my-model", stream=True))
            text = wire.rest()
        assert b"[DONE]" not in text and not text.endswith(b"0\r\n\r\n")
        assert b'"error"' in text
        row, = eventually(gateway.rows, "there is a row")
    assert row["error"] and json.loads(row["attempts"])
