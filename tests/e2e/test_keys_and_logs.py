"""`sluice keys` and `sluice logs` beside a running gateway."""
import json
import queue
import signal
import subprocess
import threading

import pytest

from support.gateway import BINARY, KEY, eventually, settings
from support.traffic import post
from support.wire import chat_body


@pytest.fixture
def gateway(start, upstream):
    return start(settings(upstream, models=["gpt-4o", "gpt-4o-mini"]))


def ask(gateway, key=KEY, model="gpt-4o"):
    status, _, body = post(gateway, "/v1/chat/completions", chat_body(model=model), key)
    code = None if status == 200 else json.loads(body)["error"]["code"]
    return status, code


def create(gateway, *arguments):
    run = gateway.command("keys", "create", *arguments)
    assert run.returncode == 0, run.stderr
    text = run.stdout.strip()
    assert text.startswith("sk-sl-") and len(text) >= 6 + 43
    return text


def test_a_key_made_while_the_gateway_runs_works_and_is_revoked(gateway):
    key = create(gateway, "--id", "made")
    eventually(lambda: ask(gateway, key) == (200, None), "the new key is taken up")
    assert gateway.command("keys", "revoke", "made").returncode == 0
    eventually(lambda: ask(gateway, key) == (401, "invalid_api_key"), "the key is gone")
    assert ask(gateway) == (200, None)


def test_the_text_is_shown_once_and_kept_nowhere(gateway):
    key = create(gateway, "--id", "made")
    listed = gateway.command("keys", "list")
    assert "made" in listed.stdout and key not in listed.stdout and key[-4:] in listed.stdout
    for file in gateway.directory.rglob("*"):
        if file.is_file():
            assert key.encode() not in file.read_bytes(), file
    eventually(lambda: ask(gateway, key) == (200, None), "the new key is taken up")
    assert key not in gateway.log


def test_disable_enable_and_rotate(gateway):
    key = create(gateway, "--id", "made")
    eventually(lambda: ask(gateway, key) == (200, None), "taken up")
    assert gateway.command("keys", "disable", "made").returncode == 0
    eventually(lambda: ask(gateway, key) == (403, "key_disabled"), "disabled")
    assert gateway.command("keys", "enable", "made").returncode == 0
    eventually(lambda: ask(gateway, key) == (200, None), "enabled")
    rotated = gateway.command("keys", "rotate", "made")
    assert rotated.returncode == 0 and rotated.stdout.strip() != key
    eventually(lambda: ask(gateway, key)[0] == 401, "the old text is gone")
    assert ask(gateway, rotated.stdout.strip()) == (200, None)


def test_a_key_for_some_models_only(gateway):
    key = create(gateway, "--id", "mini", "--models", "*-mini")
    eventually(lambda: ask(gateway, key, "gpt-4o-mini") == (200, None), "taken up")
    status, _ = ask(gateway, key, "gpt-4o")
    assert status in (403, 404)


def test_keys_survive_a_restart_and_a_reload(gateway, upstream):
    key = create(gateway, "--id", "made")
    eventually(lambda: all(ask(gateway, key) == (200, None) for _ in range(8)), "taken up, by every worker")
    gateway.send(signal.SIGHUP)
    assert ask(gateway, key) == (200, None)
    assert gateway.stop() == 0
    gateway.start()
    assert ask(gateway, key) == (200, None)


@pytest.mark.parametrize("arguments", [("create",), ("create", "--id", "tester"), ("create", "--id", "a b"), ("revoke", "nobody"),
                                       ("create", "--id", "x", "--expires", "soon"), ("paint",), ("revoke",)])
def test_what_is_refused_says_why(gateway, arguments):
    run = gateway.command("keys", *arguments)
    assert run.returncode == 1 and run.stderr.strip()


def test_a_yaml_key_without_text_is_made_and_shown_once(start, upstream):
    gateway = start(settings(upstream, models=["gpt-4o"], virtual_keys=[{"id": "made-at-start"}]))
    key = eventually(lambda: next((word for line in gateway.lines for word in line.split() if word.startswith("sk-sl-")), None),
                     "the key is shown")
    assert ask(gateway, key) == (200, None)
    assert gateway.stop() == 0
    gateway.start()
    assert ask(gateway, key) == (200, None)
    assert gateway.stop() == 0
    assert key not in gateway.log


def test_an_expired_key_is_refused(start, upstream):
    config = settings(upstream, models=["gpt-4o"])
    config["virtual_keys"].append({"id": "old", "key": "sk-sl-an-expired-key-of-last-year", "expires_at": "2020-01-01T00:00:00Z"})
    config["virtual_keys"].append({"id": "off", "key": "sk-sl-a-key-that-is-switched-off", "enabled": False})
    gateway = start(config)
    assert ask(gateway, "sk-sl-an-expired-key-of-last-year")[0] in (401, 403)
    assert ask(gateway, "sk-sl-a-key-that-is-switched-off") == (403, "key_disabled")


def logged(gateway, *arguments):
    run = gateway.command("logs", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_logs_and_their_filters(gateway):
    ids = [post(gateway, "/v1/chat/completions", chat_body(model=model))[1]["x-request-id"]
           for model in ("gpt-4o", "gpt-4o-mini", "gpt-unknown")]
    eventually(lambda: len(logged(gateway)) == 3, "three rows")
    assert [row["id"] for row in logged(gateway)] == ids
    assert [row["id"] for row in logged(gateway, "--model", "*-mini")] == ids[1:2]
    assert [row["id"] for row in logged(gateway, "--errors")] == ids[2:]
    assert [row["id"] for row in logged(gateway, "--status", "200", "--limit", "1")] == ids[1:2]
    assert [row["id"] for row in logged(gateway, "--request", ids[0])] == ids[:1]
    assert logged(gateway, "--key", "nobody") == []
    assert [row["id"] for row in logged(gateway, "--since", "1h")] == ids
    text = gateway.command("logs").stdout
    assert "gpt-4o-mini" in text and "404" in text
    assert "sk-" not in text and "hello" not in text


def test_logs_follow(gateway):
    post(gateway, "/v1/chat/completions", chat_body())
    eventually(lambda: len(logged(gateway)) == 1, "a row")
    process = subprocess.Popen([str(BINARY), "logs", "--json", "--follow", "--limit", "0", "--config", str(gateway.file)],
                               stdout=subprocess.PIPE, text=True, cwd=gateway.directory, env=gateway.env)
    lines = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
    try:
        sent = set()

        def one_came():   # asked again until following has begun
            sent.add(post(gateway, "/v1/chat/completions", chat_body())[1]["x-request-id"])
            try:
                return json.loads(lines.get(timeout=1))["id"]
            except queue.Empty:
                return None

        assert eventually(one_came, "a new row is shown") in sent
    finally:
        process.terminate()
        process.wait(20)
