"""Limits of the gateway's own: said with 503 or 413, and gone when the load is."""
import json
import signal
import subprocess
import threading

import pytest

from support.fake_openai import FakeOpenAI
from support.gateway import KEY, eventually, settings
from support.upstream import Upstream
from support.wire import Wire, chat_body, chat_request, head


def server(**limits):
    return {"listen": "127.0.0.1:0", "threads": 2, "limits": limits}


def test_too_many_in_flight(start, upstream):
    gateway = start(settings(upstream, server=server(max_in_flight=2)))
    with Wire(gateway) as one, Wire(gateway) as two, Wire(gateway) as three:
        one.send(chat_request(model="waits"))
        two.send(chat_request(model="waits"))
        eventually(lambda: len(upstream.seen) == 2, "two are under way")
        status, headers, body = three.send(chat_request()).answer()
        assert status == 503 and int(headers["retry-after"]) >= 1
        assert json.loads(body)["error"]["code"] == "overloaded"
        upstream.answer.release.set()
        assert one.answer()[0] == 200 and two.answer()[0] == 200
        with Wire(gateway) as four:
            assert four.send(chat_request()).answer()[0] == 200


def test_too_many_connections(start, upstream):
    gateway = start(settings(upstream, server=server(max_connections=3)))
    wires = [Wire(gateway) for _ in range(3)]
    for wire in wires:
        assert wire.send(chat_request()).answer()[0] == 200
    with Wire(gateway) as fourth:
        first_line = fourth.send(chat_request()).line()
        assert first_line == b"" or b" 503 " in first_line
    for wire in wires:
        wire.close()

    def answers():
        with Wire(gateway) as wire:
            return b" 200 " in wire.send(chat_request()).line()

    eventually(answers, "there is room again")


def test_a_body_as_large_as_allowed_passes_and_one_byte_more_does_not(start, upstream):
    gateway = start(settings(upstream, server=server(max_body="1MiB")))
    body = chat_body("x" * ((1 << 20) - len(chat_body(""))))
    assert len(body) == 1 << 20
    with Wire(gateway) as wire:
        assert wire.send(head(len(body)) + body).answer()[0] == 200
    assert upstream.seen[-1].body == body
    with Wire(gateway) as wire:
        assert wire.send(head(len(body) + 1)).answer()[0] == 413


def test_curl_with_a_large_body_waits_for_100_continue(start, upstream, tmp_path):
    gateway = start(settings(upstream))
    body = chat_body("y" * (3 << 20))
    (tmp_path / "body.json").write_bytes(body)
    run = subprocess.run(["curl", "-sS", "-v", "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json",
                          "-H", "Expect: 100-continue", "--data-binary", f"@{tmp_path}/body.json",
                          f"{gateway.url}/v1/chat/completions"], capture_output=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert b"100 Continue" in run.stderr
    assert json.loads(run.stdout)["choices"][0]["message"]["content"].startswith("you said: yyy")
    assert upstream.seen[-1].body == body


def test_curl_that_may_not_send_is_told_before_it_does(start, upstream):
    gateway = start(settings(upstream))
    with Wire(gateway) as wire:
        status, _, _ = wire.send(head(3 << 20, "Expect: 100-continue", key="sk-sl-wrong")).answer()
    assert status == 401


def test_a_slow_head_is_ended(start, upstream):
    gateway = start(settings(upstream, server={"listen": "127.0.0.1:0", "timeouts": {"header": "1s", "idle": "1s"}}))
    with Wire(gateway) as silent, Wire(gateway) as slow:
        slow.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n")
        assert slow.line().split()[1:2] in ([b"408"], [])
        assert silent.closed()


def test_ctrl_c_in_a_stream_frees_everything(start):
    """A thousand callers who leave in the middle: no place in flight stays taken."""
    begun = threading.Semaphore(0)

    def answer(seen, caller):
        if not seen.json.get("stream"):
            return FakeOpenAI()(seen, caller)
        caller.begin()
        caller.event({"choices": [{"index": 0, "delta": {"content": "x"}}]})
        begun.release()
        caller.gone()

    with Upstream(answer) as upstream:
        gateway = start(settings(upstream, server=server(max_in_flight=40)))
        for _ in range(10):
            wires = [Wire(gateway) for _ in range(40)]
            for wire in wires:
                wire.send(chat_request(stream=True))
            for wire in wires:
                assert begun.acquire(timeout=20)
            for wire in wires:
                wire.close()

            def answers():
                with Wire(gateway) as wire:
                    return wire.send(chat_request()).answer()[0] == 200

            eventually(answers, "places are free again")
        eventually(lambda: gateway.count("status = 499") == 400, "each leaver has a row")
        assert gateway.stop(signal.SIGINT) == 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_paths(start, upstream, method):
    gateway = start(settings(upstream))
    for path in ("/healthz", "/readyz"):
        with Wire(gateway) as wire:
            wire.send(head(None, path=path, method=method))
            assert b" 200 " in wire.line()
