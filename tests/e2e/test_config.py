"""`sluice check`, `sluice version`, and what stops `sluice serve` from starting."""
import json
import re
import signal
import socket

import pytest

from support.gateway import ROOT, Gateway, eventually, settings, sluice
from support.traffic import post
from support.wire import chat_body

DESIGN = """\
accounts:
  - id: "production"
    providers:
      - id: "openai-primary"
        type: "openai"
        model: "gpt-4o"
        weight: 70
      - id: "anthropic-fallback"
        type: "anthropic"
        model: "claude-sonnet-4-20250514"
        weight: 30
virtual_keys:
  - id: "ml-team-key"
    budget:
      max_spend: 500
      reset_duration: "1M"
    rate_limit:
      max_requests: 10000
      reset_duration: "1d"
"""
BROKEN = """\
server:
  lisen: "127.0.0.1:8080"
providers:
  - id: openai
    type: opnai
  - id: openai
    type: openai
accounts:
  - id: main
    providers:
      - { id: a, provider: nowhere, model: "gpt-4o", weight: -1 }
virtual_keys:
  - id: k
    account: elsewhere
    enabled: perhaps
"""


GOOGLE = json.dumps({"type": "authorized_user", "client_id": "made-up", "client_secret": "made-up", "refresh_token": "made-up",
                     "quota_project_id": "made-up"})


@pytest.mark.parametrize("file", [*(ROOT / "config").glob("*.yaml"), *(ROOT / "docker").rglob("config/*.yaml")],
                         ids=lambda file: str(file.relative_to(ROOT)))
def test_the_sample_configurations_are_valid(tmp_path, file):
    """With the variables and files that they name made up."""
    text = file.read_text()
    (tmp_path / "sample.yaml").write_text(text)
    for name in re.findall(r"file:([\w./-]+)|ca_file: *\"?([\w./-]+)", text):
        path = tmp_path / "".join(name)
        path.write_text(GOOGLE if path.suffix == ".json" else "-----BEGIN MADE UP-----\nMADE+UP=\n-----END MADE UP-----\n")
    env = {name: f"sk-sl-made-up-{name}" for name in re.findall(r"env\.(\w+)|\$\{(\w+)\}", text) for name in name if name}
    run = sluice("check", tmp_path / "sample.yaml", env={**env, "OPENAI_API_KEY": "sk-x", "ANTHROPIC_API_KEY": "sk-y"})
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_promised_block_works_word_for_word(tmp_path):
    file = tmp_path / "sluice.yaml"
    file.write_text(DESIGN)
    run = sluice("check", file, env={"OPENAI_API_KEY": "sk-x", "ANTHROPIC_API_KEY": "sk-y"})
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_problem_is_named_with_its_place(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN)
    run = sluice("check", file)
    assert run.returncode == 1
    places = {int(line) for line in re.findall(rf"{re.escape(str(file))}:(\d+):\d+", run.stdout + run.stderr)}
    assert {2, 5, 6, 11, 14, 15} <= places, run.stdout + run.stderr


@pytest.mark.parametrize("text", ["a: [", "\t- x", "accounts: 7", "- 1\n- 2", "accounts: []\naccounts: []", "\xff"])
def test_what_is_no_configuration_is_refused(tmp_path, text):
    file = tmp_path / "odd.yaml"
    file.write_bytes(text.encode("latin-1"))
    run = sluice("check", file)
    assert run.returncode == 1
    assert "odd.yaml" in run.stdout + run.stderr


def test_secrets_are_not_shown(tmp_path):
    file = tmp_path / "secret.yaml"
    file.write_text('providers:\n  - { id: p, type: openai, keys: [ { value: "sk-very-secret", weight: -1 } ], oops: 1 }\n')
    run = sluice("check", file)
    assert run.returncode == 1 and "sk-very-secret" not in run.stdout + run.stderr


def test_arguments_that_make_no_sense():
    for arguments in (["polish"], [], ["serve", "--colour"], ["check", "a", "b"], ["check", "/nonexistent.yaml"]):
        run = sluice(*arguments)
        assert run.returncode == 1, arguments
        assert run.stderr.strip(), arguments


def test_version():
    run = sluice("version")
    assert run.returncode == 0 and re.fullmatch(r"sluice \d+\.\d+\.\d+\S*\n", run.stdout)


def serve(tmp_path, config, env=None):
    gateway = Gateway(tmp_path, config, env)
    return sluice("serve", "--config", gateway.file, cwd=tmp_path, env=env)


def test_a_bad_file_does_not_start(tmp_path):
    run = serve(tmp_path, BROKEN)
    assert run.returncode == 1 and "sluice.yaml:2:" in run.stderr


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = serve(tmp_path, {**settings(), "server": {"listen": f"127.0.0.1:{port}"}})
    assert run.returncode == 2
    complaints = [line for line in run.stderr.splitlines() if str(port) in line]
    assert len(complaints) == 1, run.stderr


def test_a_store_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    run = serve(tmp_path, {**settings(), "store": {"path": str(tmp_path / "file" / "sluice.db")}})
    assert run.returncode == 2
    assert "sluice.db" in run.stderr or str(tmp_path / "file") in run.stderr


def test_secrets_from_the_environment_and_from_files(start, upstream, tmp_path):
    (tmp_path / "key.txt").write_text("sk-sl-from-a-file\n")
    config = settings(upstream, models=["gpt-4o"])
    config["providers"][0]["keys"] = [{"value": "env.MY_PROVIDER_KEY"}]
    config["virtual_keys"] = [{"id": "a", "key": f"file:{tmp_path}/key.txt"}, {"id": "b", "key": "${MY_VIRTUAL_KEY}"}]
    gateway = start(config, {"MY_PROVIDER_KEY": "sk-from-environment", "MY_VIRTUAL_KEY": "sk-sl-from-environment"})
    for key in ("sk-sl-from-a-file", "sk-sl-from-environment"):
        status, _, body = post(gateway, "/v1/chat/completions", chat_body(), key)
        assert status == 200, body
    assert upstream.seen[-1].header("authorization") == "Bearer sk-from-environment"


def own_address():
    """This machine's address as others see it; None where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return None


def test_without_keys_only_this_machine_is_served(start, upstream):
    config = settings(upstream, models=["gpt-4o"], server={"listen": "0.0.0.0:0"}, virtual_keys=[])
    gateway = start(config)
    eventually(lambda: "only callers on this machine" in gateway.log, "it says so")
    assert post(gateway, "/v1/chat/completions", chat_body())[0] == 200
    address = own_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    with socket.create_connection((address, gateway.port), timeout=10) as outside:
        body = chat_body()
        outside.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        assert outside.recv(12).split()[1] in (b"401", b"403")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_health_command_and_paths(start, number):
    gateway = start(settings(models=["gpt-4o"]))
    assert sluice("health", "--url", f"{gateway.url}/healthz").returncode == 0
    assert sluice("health", "--url", f"{gateway.url}/readyz").returncode == 0
    assert gateway.stop(number) == 0
    eventually(lambda: sluice("health", "--url", f"{gateway.url}/healthz").returncode == 1, "health tells it is gone")
