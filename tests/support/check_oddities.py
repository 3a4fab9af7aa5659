#!/usr/bin/env python3
"""Holds tests/traffic/ODDITIES.md true: every oddity of the recordings is in it, every requirement names a test that covers it,
and every test named is there.

  check_oddities.py ROOT           the source tree; exit code 1 and one line a fault
  check_oddities.py --self-test
"""
import json
import pathlib
import re
import sys
import tempfile

GTEST = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
PYTEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def rows(text):
    """(line number, requirement, labels, tests) of each row of the tables."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| ") or line.startswith("| what "):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if len(cells) != 3:
            yield number, line, None, None
            continue
        yield number, cells[0], re.findall(r"`([^`]+)`", cells[1]), re.findall(r"`([^`]+)`", cells[2])


def tests_in(root):
    """Every gtest as Suite.Name, every pytest as file.py::name."""
    found = set()
    for file in (root / "tests").rglob("*.cpp"):
        found |= {f"{suite}.{name}" for suite, name in GTEST.findall(file.read_text())}
    for file in (root / "tests").rglob("test_*.py"):
        found |= {f"{file.name}::{name}" for name in PYTEST.findall(file.read_text())}
    return found


def faults(root):
    traffic = root / "tests/traffic"
    recorded = {label for entry in json.loads((traffic / "index.json").read_text()) for label in entry["features"]}
    surveyed = set(re.findall(r"`(odd:\w+)`", (traffic / "README.md").read_text()))
    there = tests_in(root)
    listed, count = set(), 0
    for number, what, labels, named in rows((traffic / "ODDITIES.md").read_text()):
        place = f"ODDITIES.md:{number}"
        if labels is None:
            yield f"{place}: a row has three cells: {what}"
            continue
        count += 1
        listed |= set(labels)
        for label in labels:
            if label not in recorded | surveyed:
                yield f"{place}: neither index.json nor README.md knows the label {label}"
        if not named:
            yield f"{place}: no test covers it: {what}"
        for test in named:
            if test not in there:
                yield f"{place}: there is no test {test}"
    for label in sorted({label for label in recorded if label.startswith("odd:")} | surveyed):
        if label not in listed:
            yield f"ODDITIES.md: {label} is not in it"
    if not count:
        yield "ODDITIES.md: there are no rows"


def self_test():
    good = "| what | labels | tests |\n|---|---|---|\n| Lines end. | `odd:a` | `Suite.Name`, `test_x.py::test_it` |\n"
    cases = [   # (ODDITIES.md, what is said of it)
        (good, []),
        (good + "| More. |  | `Suite.Name` |\n", []),
        (good.replace("`odd:a`", "`odd:b`"), ["knows the label odd:b", "odd:a is not in it"]),
        (good.replace("Suite.Name", "Suite.Other"), ["no test Suite.Other"]),
        (good.replace("::test_it", "::helper"), ["no test test_x.py::helper"]),
        (good.replace("`Suite.Name`, `test_x.py::test_it`", "none yet"), ["no test covers it"]),
        (good + "| Two cells. | `odd:a` |\n", ["three cells"]),
        ("", ["odd:a is not in it", "there are no rows"]),
    ]
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        traffic = root / "tests/traffic"
        traffic.mkdir(parents=True)
        (traffic / "index.json").write_text('[{"features": ["odd:a", "stream"]}]')
        (traffic / "README.md").write_text("- It does. (`odd:a` 3)\n")
        (root / "tests/a_test.cpp").write_text("TEST_F(Suite, Name) {\n}\n// TEST(Suite, Other)\n")
        (root / "tests/test_x.py").write_text("def helper():\n    pass\n\n\ndef test_it(world):\n    pass\n")
        for text, expected in cases:
            (traffic / "ODDITIES.md").write_text(text)
            said = list(faults(root))
            assert len(said) == len(expected) and all(any(part in one for one in said) for part in expected), (text, said)
        (traffic / "ODDITIES.md").write_text(good)
        (traffic / "index.json").write_text('[{"features": ["odd:new"]}]')
        assert list(faults(root)) == ["ODDITIES.md: odd:new is not in it"]


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        found = list(faults(pathlib.Path(sys.argv[1])))
        print("\n".join(found))
        sys.exit(1 if found else 0)
