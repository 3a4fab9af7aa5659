#!/usr/bin/env python3
"""Writes src/tokens/character_table.cpp: the classes of characters that OpenAI's patterns tell apart.

Needs the package unicodedata2 of the version named below: the standard library's tables are as old as the Python, and
tiktoken's regular expressions know Unicode 16. White space is the property White_Space, which no general category
equals.
"""
import pathlib
import sys

import unicodedata2 as unicodedata

UNICODE = "16.0.0"
CLASSES = {"Lu": "upper", "Lt": "upper", "Ll": "lower", "Lm": "caseless", "Lo": "caseless",
           "Mn": "mark", "Mc": "mark", "Me": "mark", "Nd": "number", "Nl": "number", "No": "number"}
ORDER = ("other", "space", "line_end", "upper", "lower", "caseless", "mark", "number")   # as in characters.hpp
SPACE = {*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}


def class_of(point):
    if point in (10, 13):
        return "line_end"
    if point in SPACE:
        return "space"
    return CLASSES.get(unicodedata.category(chr(point)), "other")


def main():
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"unicodedata2 {UNICODE} is needed, this is {unicodedata.unidata_version}")
    words, last = [], None
    for point in range(0x110000):
        of = class_of(point)
        if of != last:
            words.append(point << 3 | ORDER.index(of))
        last = of
    out = [f"// Written by scripts/generate-characters.py from Unicode {UNICODE}; not to be edited. Each number begins a range:",
           "// its first code point times 8, plus the class of its characters.",
           '#include "tokens/characters.hpp"', "", "namespace sluice::tokens {", "",
           f"const std::uint32_t class_ranges[] = {{"]
    line = " "
    for word in words:
        text = f" 0x{word:x},"
        if len(line) + len(text) > 160:
            out.append(line)
            line = " "
        line += text
    out += [line, "};", f"const std::size_t class_range_count = {len(words)};", "", "}  // namespace sluice::tokens", ""]
    path = pathlib.Path(__file__).resolve().parent.parent / "src/tokens/character_table.cpp"
    path.write_text("\n".join(out))
    print(f"{len(words)} ranges")


main()
