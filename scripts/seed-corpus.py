#!/usr/bin/env python3
"""Fills the fuzz targets' corpora from the recorded traffic and the sample configurations.

  seed-corpus.py DIRECTORY   writes DIRECTORY/<target>/<file> for every tests/fuzz/<target>.cpp; what is there stays

Which seeds a target gets follows from its name: "config" the YAML files, "stream" and "meter" the event streams
(a provider's own where the name says which), "decode" these and whole answers, "head" whole HTTP messages, "encode"
OpenAI's requests, everything else the JSON bodies.
"""
import base64
import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST = 16384   # longer seeds slow the fuzzer down more than they teach it
PROVIDERS = ("anthropic", "openai", "gemini", "cohere", "bedrock", "mistral", "ollama")


def request_text(request):
    body = json.dumps(request.get("body")) if request.get("body") is not None else request.get("text") or ""
    head = f"{request['method']} {request['path']} HTTP/1.1\r\nHost: {request['host']}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in request.get("headers", {}).items())
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}"


def response_text(response):
    head = f"HTTP/1.1 {response['status']} OK\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in response.get("headers", {}).items())
    if "sse" in response:
        piece = response["sse"][:512]
        return f"{head}Transfer-Encoding: chunked\r\n\r\n{len(piece.encode()):x}\r\n{piece}\r\n0\r\n\r\n"
    body = json.dumps(response.get("body"))
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}"


def exchanges():
    for file in sorted((ROOT / "tests/traffic").glob("*/*.json")):
        yield json.loads(file.read_text())


def seeds(target):
    """The texts a target starts from."""
    if "config" in target or "yaml" in target:
        for file in [*(ROOT / "config").glob("*.yaml"), *(ROOT / "tests").glob("unit/config/**/*.yaml")]:
            yield file.read_text()
        return
    if target == "aws_profile":
        keys = "aws_access_key_id = AK\naws_secret_access_key = sk\n"
        yield f"[default]\n{keys}[profile work]\nrole_arn = arn:r\nsource_profile = default\n"
        yield "<R><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><Expiration>2027-01-01T00:00:00Z</Expiration></Credentials></R>"
        yield '{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-01T00:00:00Z"}'
        return
    if target == "service_account":
        yield '{"type":"service_account","client_email":"s@p","private_key_id":"k","private_key":"-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----\\n"}'
        yield '{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","quota_project_id":"q"}'
        yield '{"access_token":"t","expires_in":"3599","expires_on":1800000000}'
        yield '{"error":"invalid_grant","error_description":"no"}'
        return
    of_provider = next((name for name in PROVIDERS if name in target), None)
    if target.endswith("_encode"):
        of_provider = "openai"   # what is translated is its callers' requests
    for exchange in exchanges():
        request, response = exchange.get("request"), exchange["response"]
        # OpenAI's dialect is spoken by many.
        shared = of_provider == "openai" and exchange["operation"] == "chat.completions"
        if of_provider and exchange["provider"] != of_provider and not shared:
            continue
        if "head" in target or "http" in target:
            if request:
                yield request_text(request)
            yield response_text(response)
        elif "aws" in target:
            if "base64" in response and exchange["provider"] == "bedrock":
                yield bytes((7, 11, 13, 17, 255)) + base64.b64decode(response["base64"])
        elif "stream" in target or "meter" in target:
            if "sse" in response:
                yield response["sse"]
        else:
            if "decode" in target and ("sse" in response or "text" in response):
                yield response.get("sse") or response["text"]
            if request and request.get("body") is not None:
                yield json.dumps(request["body"], ensure_ascii=False)
            if isinstance(response.get("body"), (dict, list)):
                yield json.dumps(response["body"])


def main(directory):
    for source in sorted((ROOT / "tests/fuzz").glob("*.cpp")):
        corpus = pathlib.Path(directory) / source.stem
        corpus.mkdir(parents=True, exist_ok=True)
        for text in seeds(source.stem):
            data = text if isinstance(text, bytes) else text.encode()
            if len(data) <= LONGEST:
                (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
        print(f"corpus of {source.stem}: {sum(1 for _ in corpus.iterdir())} files")


main(*sys.argv[1:])
