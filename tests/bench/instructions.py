#!/usr/bin/env python3
"""Counts the gateway's user-space instructions for a chat request and for a relayed stream delta, under callgrind, and
fails above the ceilings of ceilings.json. Deterministic to about one per cent, so a regression fails the build.

  instructions.py --sluice BINARY [--governance BINARY] [--json]      keys and logging on, one worker, plain HTTP on both sides

Each number is a difference of two runs that differ only in how many requests or deltas they had, so that starting,
stopping and the first request's warming up fall out. The thread that writes the log to the database is counted apart and not
judged: what a row costs it depends on how many share a transaction, and under callgrind that is few.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from lockstep import KEY, AnthropicWords, GeminiWords, Lockstep, OpenAIWords

HERE = pathlib.Path(__file__).parent
FEW, MANY = 100, 900
# By name: what the provider speaks (its type, a base URL's path, its words), and the caller.
KINDS = {"verbatim": ("openai", "/v1", OpenAIWords, "openai"), "translated": ("anthropic", "", AnthropicWords, "openai"),
         "from_gemini": ("gemini", "", GeminiWords, "openai"), "to_anthropic": ("openai", "/v1", OpenAIWords, "anthropic")}
STREAMS_ONLY = ("from_gemini", "to_anthropic")


def config(kind, port, directory):
    type_, path, _, _ = KINDS[kind]
    provider = {"id": "up", "type": type_, "keys": [{"value": "sk-upstream"}], "base_url": f"http://127.0.0.1:{port}{path}"}
    return {"server": {"listen": "127.0.0.1:0", "threads": 1}, "store": {"path": f"{directory}/sluice.db"},
            "providers": [provider],
            "accounts": [{"id": "main", "providers": [{"id": "t", "provider": "up", "models": ["gpt-4o"]}]}],
            "pricing": {"overrides": [{"model": "*", "input": 2.5, "output": 10}]},
            "virtual_keys": [{"id": "bench", "key": KEY, "budget": {"max_spend": 500000, "reset_duration": "1M"}}]}


def counted(profiles):
    """{"way": instructions of the threads on a request's way, "store": of the one that writes the log}"""
    total = {"way": 0, "store": 0}
    for file in profiles:
        text = file.read_text(errors="replace")
        if found := re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE):
            total["store" if "StoreThread::Self::run" in text else "way"] += int(found.group(1))
    return total


def count(binary, kind, chats, deltas):
    """Instructions of a whole life of the gateway: so many requests and one stream of so many deltas."""
    _, _, words, caller = KINDS[kind]
    step = Lockstep(words(), caller)
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        file = folder / "sluice.yaml"
        file.write_text(json.dumps(config(kind, step.port, directory)))
        process = subprocess.Popen(["valgrind", "--tool=callgrind", "--separate-threads=yes",
                                    f"--callgrind-out-file={directory}/profile", binary, "serve", "--config", str(file)],
                                   stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=directory,
                                   env={"PATH": os.environ["PATH"], "HOME": directory})
        said = []
        try:
            port = next((found.group(1) for line in process.stderr if said.append(line) or True
                         if (found := re.search(r"serving on http://[^ ]*:(\d+)", line))), None)
            assert port, "".join(said)
            step.connect(int(port))
            if chats:
                step.chats(chats)
            step.stream(deltas)
        finally:
            process.terminate()
            rest = process.communicate()[1]
            step.close()
        assert process.returncode == 0, f"exit code {process.returncode}: {rest}"
        total = counted(folder.glob("profile-*"))
    assert total["way"] and total["store"], f"no profile of {'the store thread' if total['way'] else 'a worker'}: {rest}"
    return total


def count_governance(binary):
    """Of one request's reserving and settling at four levels with three limits each."""
    totals = []
    for requests in (1000, 11000):
        with tempfile.TemporaryDirectory() as directory:
            profile = pathlib.Path(directory) / "profile"
            subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", binary, "--count", str(requests)],
                           check=True, capture_output=True)
            totals.append(counted([profile])["way"])
    return (totals[1] - totals[0]) // 10000


def measure(binary):
    runs = {}
    for kind in KINDS:
        if kind in STREAMS_ONLY:
            runs |= {(kind, 0, FEW): None, (kind, 0, MANY): None}
        else:
            runs |= {(kind, FEW, FEW): None, (kind, MANY, FEW): None, (kind, FEW, MANY): None}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for run, total in zip(runs, pool.map(lambda run: count(binary, *run), runs)):
            runs[run] = total
    result = {}
    for kind in KINDS:
        if kind in STREAMS_ONLY:
            result[f"delta_{kind}"] = (runs[kind, 0, MANY]["way"] - runs[kind, 0, FEW]["way"]) // (MANY - FEW)
            continue
        base = runs[kind, FEW, FEW]

        def each(run, part):
            return (run[part] - base[part]) // (MANY - FEW)

        result[f"chat_{kind}"] = each(runs[kind, MANY, FEW], "way")
        result[f"delta_{kind}"] = each(runs[kind, FEW, MANY], "way")
        result[f"log_row_{kind}"] = each(runs[kind, MANY, FEW], "store")
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--json", action="store_true", help="print the numbers and judge nothing")
    parser.add_argument("--governance", help="bench_governance; without it budgets are not counted")
    arguments = parser.parse_args()
    measured = measure(arguments.sluice)
    if arguments.governance:
        measured["governance"] = count_governance(arguments.governance)
    if arguments.json:
        print(json.dumps(measured))
        return 0
    over = []
    for name, limits in json.loads((HERE / "ceilings.json").read_text()).items():
        if name not in measured:
            continue
        print(f"{name:18} {measured[name]:8} instructions   ceiling {limits['ceiling']}, must {limits['must']}, aim {limits['aim']}")
        if measured[name] > limits["ceiling"]:
            over.append(name)
    print("log row, not judged:", ", ".join(f"{value}" for name, value in measured.items() if name.startswith("log_row")))
    if over:
        print(f"above the ceiling: {', '.join(over)} (tests/bench/ceilings.json says what each may cost)")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
