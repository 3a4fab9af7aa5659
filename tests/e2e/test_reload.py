"""A changed file is swapped in whole, a bad one changes nothing, and nobody notices the moment."""
import http.client
import json
import signal
import threading

import pytest

from support.gateway import KEY, eventually, settings
from support.traffic import post
from support.upstream import Upstream
from support.wire import Wire, chat_body, chat_request


def models(gateway):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {KEY}"})
    names = {model["id"] for model in json.loads(connection.getresponse().read())["data"]}
    connection.close()
    return names


def test_a_changed_file_is_taken_up_by_itself(start, upstream):
    gateway = start(settings(upstream, models=["gpt-4o"]))
    assert models(gateway) == {"gpt-4o"}
    gateway.write(settings(upstream, models=["gpt-4o", "gpt-4o-mini"]))
    eventually(lambda: models(gateway) == {"gpt-4o", "gpt-4o-mini"}, "the new file is served")


def test_sighup_takes_it_up(start, upstream):
    gateway = start(settings(upstream, models=["one"]))
    gateway.file.write_text(gateway.file.read_text().replace('"one"', '"two"'))   # in place, as an editor may do it
    gateway.send(signal.SIGHUP)
    eventually(lambda: models(gateway) == {"two"}, "the new file is served")


@pytest.mark.parametrize("bad", ["accounts: [", "accounts: 7", 'server: { listen: "nowhere" }', "nonsense: true"])
def test_a_bad_file_changes_nothing_and_says_why(start, upstream, bad):
    gateway = start(settings(upstream, models=["gpt-4o"]))
    before = len(gateway.lines)
    gateway.write(bad)
    gateway.send(signal.SIGHUP)
    eventually(lambda: "sluice.yaml" in "\n".join(gateway.lines[before:]), "it says what is wrong")
    assert models(gateway) == {"gpt-4o"}
    gateway.write(settings(upstream, models=["mended"]))
    eventually(lambda: models(gateway) == {"mended"}, "the mended file is served")


def test_what_is_under_way_keeps_its_configuration(start):
    begun, release = threading.Event(), threading.Event()

    def answer(_, caller):
        caller.begin()
        caller.event({"choices": []})
        begun.set()
        release.wait(20)
        caller.event("[DONE]")
        caller.end()

    with Upstream(answer) as upstream:
        gateway = start(settings(upstream, models=["gpt-4o"]))
        with Wire(gateway) as wire:
            wire.send(chat_request(stream=True))
            assert begun.wait(20)
            gateway.write(settings(upstream, models=["else"], virtual_keys=[{"id": "new", "key": "sk-sl-another-key"}]))
            eventually(lambda: post(gateway, "/v1/chat/completions", chat_body())[0] == 401, "the old key is gone")
            release.set()
            status, _, body = wire.answer()
        assert status == 200 and body.endswith(b"data: [DONE]\n\n")


def test_kept_connections_survive(start, upstream):
    gateway = start(settings(upstream, models=["gpt-4o"]))
    with Wire(gateway) as wire:
        wire.send(chat_request())
        assert wire.answer()[0] == 200
        gateway.write(settings(upstream, models=["gpt-4o-mini"]))
        eventually(lambda: models(gateway) == {"gpt-4o-mini"}, "the new file is served")
        wire.send(chat_request(model="gpt-4o-mini"))
        assert wire.answer()[0] == 200
        wire.send(chat_request())
        assert wire.answer()[0] == 404


class Load(threading.Thread):
    """Asks over one kept connection until told to stop; counts the answers and keeps what was no answer."""

    def __init__(self, gateway):
        super().__init__(daemon=True)
        self.gateway, self.stopping, self.answered, self.wrong = gateway, False, 0, []

    def run(self):
        with Wire(self.gateway) as wire:
            while not self.stopping and not self.wrong:
                try:
                    status, _, _ = wire.send(chat_request()).answer()
                except Exception as problem:   # noqa: BLE001 - whatever it is, it is a lost request
                    self.wrong.append(repr(problem))
                    return
                if status == 200:
                    self.answered += 1
                else:
                    self.wrong.append(status)


def reload_under_load(gateway, upstream, times):
    loads = [Load(gateway) for _ in range(8)]
    for load in loads:
        load.start()
    for number in range(times):
        names = {"gpt-4o", f"round-{number}"}
        gateway.write(settings(upstream, models=sorted(names)))
        gateway.send(signal.SIGHUP)
        eventually(lambda: models(gateway) == names, f"reload {number}")
    for load in loads:
        load.stopping = True
    for load in loads:
        load.join(20)
    assert [load.wrong for load in loads] == [[]] * 8
    answered = sum(load.answered for load in loads)
    assert answered > 0
    eventually(lambda: gateway.count("operation = 'chat'") == answered, "every answer has one row")


def test_reloads_under_load_lose_nothing(start, upstream):
    reload_under_load(start(settings(upstream, models=["gpt-4o"])), upstream, 50)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_reloads_under_load_lose_nothing(start, upstream):
    reload_under_load(start(settings(upstream, models=["gpt-4o"])), upstream, 10_000)
