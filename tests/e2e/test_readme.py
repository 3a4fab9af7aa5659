"""The README is run: its YAML, its curl and both SDK programs, against the sample configuration without any provider key."""
import os
import re
import subprocess
import sys

import pytest

from support.gateway import ROOT, Gateway, sluice
from test_node_sdk import MODULES

TEXT = (ROOT / "README.md").read_text()
KEYS = {"OPENAI_API_KEY": "sk-a", "OPENAI_API_KEY_2": "sk-b", "ANTHROPIC_API_KEY": "sk-c", "ML_TEAM_KEY": "sk-sl-the-key-of-the-ml-team"}


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    sample = (ROOT / "config/sluice.yaml").read_text()
    with Gateway(tmp_path_factory.mktemp("readme"), sample.replace("127.0.0.1:8080", "127.0.0.1:0")) as running:
        yield running


def run(command, text, **more):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def here(gateway, text):
    return text.replace("127.0.0.1:8080", f"127.0.0.1:{gateway.port}")


def test_yaml(tmp_path):
    for number, text in enumerate(blocks("yaml")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        checked = sluice("check", file, env=KEYS)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_curl(gateway):
    command = next(block for block in blocks("sh") if block.startswith("curl"))
    assert "data: [DONE]" in run(["bash", "-s"], here(gateway, command))


def test_python(gateway):
    program, = blocks("python")
    assert run([sys.executable, "-"], here(gateway, program)).strip()


def test_node(gateway, tmp_path):
    program, = blocks("js")
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "first.mjs").write_text(here(gateway, program))
    assert run(["node", "first.mjs"], None, cwd=tmp_path, env={"PATH": os.environ["PATH"]}).strip()


def test_commands_named_in_it_exist(gateway):
    for name in re.findall(r"`sluice (\w+)", TEXT):
        helped = sluice(name, "--help")
        assert helped.returncode == 0, f"sluice {name} --help: {helped.stderr}"
