"""One small request with each official SDK, and what its user sees if it is refused: {"kinds": its exception's classes,
"status", "code", "headers"}, or {"text", "headers"} of an answer."""
import json
import os
import pathlib
import subprocess

from support.gateway import ROOT

MODULES = pathlib.Path(os.environ.get("SLUICE_NODE_MODULES", ROOT / "build/node/node_modules"))
SCRIPT = pathlib.Path(__file__).parents[1] / "node" / "refusals.cjs"
MESSAGES = [{"role": "user", "content": "hello"}]


def kinds(error):
    return [kind.__name__ for kind in type(error).__mro__]


def openai(url, key, model, retries):
    import openai
    with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=retries) as client:
        try:
            raw = client.chat.completions.with_raw_response.create(model=model, messages=MESSAGES, max_tokens=50)
        except openai.APIStatusError as error:
            return {"kinds": kinds(error), "status": error.status_code, "code": error.code, "headers": dict(error.response.headers)}
        return {"text": raw.parse().choices[0].message.content, "headers": dict(raw.headers)}


def anthropic(url, key, model, retries):
    import anthropic
    with anthropic.Anthropic(base_url=f"{url}/anthropic", api_key=key, max_retries=retries) as client:
        try:
            raw = client.messages.with_raw_response.create(model=model, messages=MESSAGES, max_tokens=50)
        except anthropic.APIStatusError as error:
            return {"kinds": kinds(error), "status": error.status_code, "code": error.body["error"]["type"],
                    "headers": dict(error.response.headers)}
        return {"text": raw.parse().content[0].text, "headers": dict(raw.headers)}


def genai(url, key, model, retries):
    from google import genai
    options = genai.types.HttpOptions(base_url=f"{url}/genai", retry_options=genai.types.HttpRetryOptions(attempts=retries + 1))
    with genai.Client(api_key=key, http_options=options) as client:
        try:
            answer = client.models.generate_content(model=model, contents="hello", config={"max_output_tokens": 50})
        except genai.errors.APIError as error:
            return {"kinds": kinds(error), "status": error.code, "code": error.details["error"]["details"][0]["reason"].lower(),
                    "headers": dict(error.response.headers)}
        return {"text": answer.text, "headers": dict(answer.sdk_http_response.headers)}


def node(sdk):
    def ask(url, key, model, retries):
        env = {"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES), "SLUICE_URL": url, "SLUICE_KEY": key}
        run = subprocess.run(["node", str(SCRIPT), sdk, model, str(retries)], env=env, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)
    return ask


SDKS = {"openai": openai, "anthropic": anthropic, "genai": genai,
        "node-openai": node("openai"), "node-anthropic": node("anthropic"), "node-genai": node("genai")}
