"""The Responses API in front of a provider that speaks chat completions only: the official SDK takes every answer and event."""
import json

import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from support.gateway import Gateway

CONFIG = """
server: { listen: "127.0.0.1:0" }
store: { type: sqlite, path: "sluice.db" }
accounts: [ { id: only, providers: [ { id: sim, type: simulated, model: "gpt-4o" } ] } ]
"""
TOOL = {"type": "function", "name": "get_weather", "strict": False,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("responses"), CONFIG) as gateway:
        yield openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="unused", max_retries=0)


def test_a_whole_answer_is_a_response_object(client):
    raw = client.responses.with_raw_response.create(model="gpt-4o", input="hello there", instructions="Be kind.")
    response = Response.model_validate(json.loads(raw.text))   # strictly: every required member is there
    assert response.status == "completed" and response.output_text and response.usage.total_tokens > 0
    assert response.instructions == "Be kind."


def test_every_streamed_event_is_one_of_the_api(client):
    known = TypeAdapter(ResponseStreamEvent)
    events = list(client.responses.create(model="gpt-4o", input="hello there", stream=True))
    for event in events:
        known.validate_python(event.model_dump())
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    with client.responses.stream(model="gpt-4o", input="hello there") as stream:
        list(stream)
        assert stream.get_final_response().output_text == events[-1].response.output_text


def test_a_tool_loop(client):
    items = [{"role": "user", "content": "weather?"}]
    asked = client.responses.create(model="gpt-4o", input=items, tools=[TOOL], tool_choice={"type": "function", "name": "get_weather"})
    call = asked.output[0]
    assert call.type == "function_call" and isinstance(json.loads(call.arguments), dict)
    items += [*asked.output, {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]
    assert client.responses.create(model="gpt-4o", input=items, tools=[TOOL]).output_text


def test_what_only_openai_keeps_is_refused(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(model="gpt-4o", input="and?", previous_response_id="resp_1")
    assert refused.value.param == "previous_response_id"
