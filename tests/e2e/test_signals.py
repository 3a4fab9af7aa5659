"""SIGTERM and SIGINT drain, a second one stops at once."""
import signal
import socket
import threading
import time

import pytest

from support.gateway import eventually, settings
from support.upstream import Upstream
from support.wire import Wire, chat_request, head


class Held:
    """An upstream's answer in two halves: the second waits until it is let go."""

    def __init__(self):
        self.begun = threading.Event()
        self.released = threading.Event()

    def __call__(self, seen, caller):
        if seen.json.get("stream"):
            caller.begin()
            caller.event({"choices": [{"index": 0, "delta": {"content": "first"}}]})
        self.begun.set()
        self.released.wait(30)
        if seen.json.get("stream"):
            caller.event("[DONE]")
            caller.end()
        else:
            caller.send(200, {"choices": []})


@pytest.fixture
def held():
    answer = Held()
    with Upstream(answer) as fake:
        fake.held = answer
        yield fake
        answer.released.set()


def refuses(gateway):
    try:
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as probe:
            probe.sendall(head(None, path="/readyz", method="GET"))
            return probe.recv(12)[9:12] in (b"", b"503")
    except OSError:
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("stream", [True, False])
def test_what_is_under_way_is_finished(start, held, number, stream):
    gateway = start(settings(held))
    with Wire(gateway) as wire:
        wire.send(chat_request(stream=stream))
        assert held.held.begun.wait(20)
        gateway.send(number)
        eventually(lambda: refuses(gateway), "nobody new is let in")
        assert gateway.process.poll() is None
        held.held.released.set()
        status, _, body = wire.answer()
        assert status == 200
        assert body.endswith(b"data: [DONE]\n\n") if stream else body == b'{"choices": []}'
        assert gateway.wait() == 0
    assert [row["status"] for row in gateway.rows()] == [200]


def test_idle_connections_do_not_hold_it_up(start, upstream):
    gateway = start(settings(upstream))
    with Wire(gateway) as idle, Wire(gateway) as used:
        used.send(chat_request())
        assert used.answer()[0] == 200
        before = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - before < 5
        assert idle.closed() and used.closed()


def test_a_second_signal_stops_at_once(start, held):
    gateway = start(settings(held))
    with Wire(gateway) as wire:
        wire.send(chat_request(stream=True))
        assert held.held.begun.wait(20)
        gateway.send(signal.SIGTERM)
        eventually(lambda: refuses(gateway), "it drains")
        gateway.send(signal.SIGTERM)
        before = time.monotonic()
        gateway.wait()
        assert time.monotonic() - before < 5


def test_the_drain_limit_ends_what_does_not_end(start, held):
    gateway = start(settings(held, server={"listen": "127.0.0.1:0", "timeouts": {"drain": "1s"}}))
    with Wire(gateway) as wire:
        wire.send(chat_request(stream=True))
        assert held.held.begun.wait(20)
        gateway.send(signal.SIGTERM)
        assert gateway.wait(15) == 0
        assert not wire.rest().endswith(b"0\r\n\r\n")   # never shown as a whole answer
    assert [(row["status"], row["error"]) for row in gateway.rows()] == [(503, "gateway_stopped")]   # not the caller's doing
