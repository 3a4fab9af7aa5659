"""A real model as an upstream: model_server.py in a process of its own."""
import pathlib
import subprocess

from support.gateway import ROOT, eventually

PYTHON = ROOT / "build/venv-model/bin/python"
PROGRAM = pathlib.Path(__file__).parent / "model_server.py"


class LocalModel:
    def __enter__(self):
        self.process = subprocess.Popen([str(PYTHON), str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("http://"), f"the model's server says {line!r}, exit code {self.process.poll()}"
        self.url = line.strip()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        eventually(lambda: self.process.poll() is not None, "the model's server ends")
