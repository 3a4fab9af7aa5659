#!/usr/bin/env python3
"""Counts the cases of a JUnit file: prints "NAME PASSED FAILED" lines for scripts/test.

  tally.py pytest NAME FILE
  tally.py ctest NAME FILE DIRECTORY   DIRECTORY holds the XML that each GoogleTest executable wrote (<executable>.xml)

A file that is missing or cannot be read counts as one failure: a suite that died is not a suite that passed.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def tests(file):
    """The test cases of a JUnit file. GoogleTest writes hostile test parameters into it as they are."""
    text = pathlib.Path(file).read_bytes().decode(errors="replace")
    return xml.fromstring(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)).iter("testcase")


def cases(file):
    """(passed, failed) of a JUnit file; skipped cases are neither."""
    passed = failed = 0
    for case in tests(file):
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            continue
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed += 1
        else:
            passed += 1
    return passed, failed


def ctest(name, file, directory):
    for case in tests(file):
        went_well = case.get("status") == "run" and case.find("failure") is None
        written = pathlib.Path(directory) / (case.get("name").replace(".", "_") + ".xml")
        passed, failed = (int(went_well), int(not went_well))
        if written.exists():
            passed, failed = cases(written)
            if not went_well and failed == 0:
                failed = 1   # it died, or a sanitizer spoke, after its last case
        print(f"{name}:{case.get('name')}".replace(" ", "_"), passed, failed)


def main(kind, name, *files):
    try:
        if kind == "ctest":
            ctest(name, *files)
        else:
            print(name, *cases(files[0]))
    except (OSError, xml.ParseError) as problem:
        print(f"tally: {problem}", file=sys.stderr)
        print(name, 0, 1)


main(*sys.argv[1:])
