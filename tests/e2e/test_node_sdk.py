"""The official Node SDK; the cases are in node/sdk.cjs."""
import os
import re
import pathlib
import subprocess

import pytest

from support.gateway import KEY, ROOT

SCRIPT = pathlib.Path(__file__).parent / "node" / "sdk.cjs"
MODULES = pathlib.Path(os.environ.get("SLUICE_NODE_MODULES", ROOT / "build/node/node_modules"))
TABLE = SCRIPT.read_text().split("const cases = {", 1)[1]
CASES = re.findall(r"^  (?:async )?(\w+)(?:\(\) \{|: \(\) =>)", TABLE, re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_node(sdk_world, case):
    gateway, _ = sdk_world
    env = {"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES), "SLUICE_URL": gateway.url, "SLUICE_KEY": KEY}
    run = subprocess.run(["node", str(SCRIPT), case], env=env, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
