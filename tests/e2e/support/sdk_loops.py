"""The conversation of tool_loop as somebody plays it with each official SDK: ask, run the tools, send back what came and
the results, until an answer without calls. Each returns that answer's text."""
import json
import os
from unittest import mock

from support.tool_loop import DEGREES, QUESTION, SCHEMA, SYSTEM

MOST_TURNS = 6
DESCRIPTION = "The temperature in degrees"


def openai_chat(url, key, model, stream):
    import openai
    tools = [{"type": "function", "function": {"name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA}}]
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
        for _ in range(MOST_TURNS):
            request = {"model": model, "messages": messages, "tools": tools, "reasoning_effort": "low"}
            if stream:
                message = gather_chat(client.chat.completions.create(**request, stream=True, stream_options={"include_usage": True}))
            else:
                message = client.chat.completions.create(**request).choices[0].message.model_dump(exclude_none=True)
            messages.append(message)
            if not message.get("tool_calls"):
                return message["content"]
            for call in message["tool_calls"]:
                city = json.loads(call["function"]["arguments"])["city"]
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": DEGREES[city]})
    raise AssertionError("no end")


def gather_chat(chunks):
    """One message of a stream's deltas, with the fields of theirs that the API's own users keep as well."""
    message, calls, details, finish, usage = {"role": "assistant", "content": ""}, {}, {}, None, None
    for chunk in chunks:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            delta = choice.delta.model_dump(exclude_none=True)
            message["content"] += delta.get("content", "")
            if "reasoning_content" in delta:
                message["reasoning_content"] = message.get("reasoning_content", "") + delta["reasoning_content"]
            for detail in delta.get("reasoning_details", []):
                held = details.setdefault(detail.get("index", 0), {})
                for name, value in detail.items():
                    joins = name in ("text", "summary", "data") and name in held
                    held[name] = held[name] + value if joins else value
            for call in delta.get("tool_calls", []):
                held = calls.setdefault(call["index"], {"type": "function", "function": {"name": "", "arguments": ""}})
                held.update({name: value for name, value in call.items() if name not in ("index", "function", "type")})
                for name, value in call.get("function", {}).items():
                    held["function"][name] += value or ""
    assert finish in ("stop", "tool_calls"), finish
    assert finish == ("tool_calls" if calls else "stop")
    assert usage is not None and usage.total_tokens > 60, usage
    if details:
        message["reasoning_details"] = [details[index] for index in sorted(details)]
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return message


def openai_responses(url, key, model, stream):
    import openai
    tools = [{"type": "function", "name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA, "strict": False}]
    items = [{"role": "user", "content": QUESTION}]
    with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
        for _ in range(MOST_TURNS):
            request = {"model": model, "input": items, "instructions": SYSTEM, "tools": tools, "store": False,
                       "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"}}
            if stream:
                with client.responses.stream(**request) as events:
                    kinds = [event.type for event in events]
                    response = events.get_final_response()
                assert kinds[0] == "response.created" and kinds[-1] == "response.completed", kinds
            else:
                response = client.responses.create(**request)
            assert response.status == "completed" and response.usage.total_tokens > 60
            items += [item.model_dump(exclude_none=True) for item in response.output]
            for item in items:
                item.pop("parsed_arguments", None)
                for part in item.get("content", []) if isinstance(item.get("content"), list) else []:
                    part.pop("parsed", None)
            calls = [item for item in response.output if item.type == "function_call"]
            if not calls:
                return response.output_text
            items += [{"type": "function_call_output", "call_id": call.call_id,
                       "output": DEGREES[json.loads(call.arguments)["city"]]} for call in calls]
    raise AssertionError("no end")


def anthropic_messages(url, key, model, stream):
    import anthropic
    tools = [{"name": "get_weather", "description": DESCRIPTION, "input_schema": SCHEMA}]
    messages = [{"role": "user", "content": QUESTION}]
    with anthropic.Anthropic(base_url=f"{url}/anthropic", api_key=key, max_retries=0) as client:
        for _ in range(MOST_TURNS):
            request = {"model": model, "max_tokens": 8000, "system": SYSTEM, "messages": messages, "tools": tools,
                       "thinking": {"type": "enabled", "budget_tokens": 2000}}
            if stream:
                with client.messages.stream(**request) as events:
                    message = events.get_final_message()
            else:
                message = client.messages.create(**request)
            assert message.usage.input_tokens + (message.usage.cache_read_input_tokens or 0) >= 60
            messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]})
            for block in messages[-1]["content"]:
                block.pop("parsed_output", None)
            calls = [block for block in message.content if block.type == "tool_use"]
            assert message.stop_reason == ("tool_use" if calls else "end_turn")
            if not calls:
                return "".join(block.text for block in message.content if block.type == "text")
            messages.append({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": call.id, "content": DEGREES[call.input["city"]]} for call in calls]})
    raise AssertionError("no end")


def google_genai(url, key, model, stream):
    from google import genai
    from google.genai import types
    client = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=f"{url}/genai"))
    config = types.GenerateContentConfig(
        system_instruction=SYSTEM, thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=2000),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        tools=[types.Tool(function_declarations=[types.FunctionDeclaration(
            name="get_weather", description=DESCRIPTION, parameters_json_schema=SCHEMA)])])
    contents = [types.Content(role="user", parts=[types.Part(text=QUESTION)])]
    for _ in range(MOST_TURNS):
        if stream:
            chunks = list(client.models.generate_content_stream(model=model, contents=contents, config=config))
            parts = [part for chunk in chunks if chunk.candidates and chunk.candidates[0].content
                     for part in chunk.candidates[0].content.parts or []]
            last = chunks[-1]
        else:
            last = client.models.generate_content(model=model, contents=contents, config=config)
            parts = last.candidates[0].content.parts
        assert last.usage_metadata.total_token_count > 60
        contents.append(types.Content(role="model", parts=parts))
        calls = [part.function_call for part in parts if part.function_call]
        if not calls:
            return "".join(part.text for part in parts if part.text and not part.thought)
        contents.append(types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(
            id=call.id, name=call.name, response={"result": DEGREES[call.args["city"]]})) for call in calls]))
    raise AssertionError("no end")


def boto3_converse(url, key, model, stream):
    import boto3
    # The key is the access key id that the SDK signs with (a bearer token it sends over HTTPS only).
    with mock.patch.dict(os.environ, {"AWS_EC2_METADATA_DISABLED": "true"}):
        client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=f"{url}/bedrock", aws_access_key_id=key,
                              aws_secret_access_key="unused")
        tools = {"tools": [{"toolSpec": {"name": "get_weather", "description": DESCRIPTION, "inputSchema": {"json": SCHEMA}}}]}
        messages = [{"role": "user", "content": [{"text": QUESTION}]}]
        for _ in range(MOST_TURNS):
            request = {"modelId": model, "messages": messages, "system": [{"text": SYSTEM}], "toolConfig": tools,
                       "inferenceConfig": {"maxTokens": 8000},
                       "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}
            if stream:
                message, reason, usage = gather_converse(client.converse_stream(**request)["stream"])
            else:
                answer = client.converse(**request)
                message, reason, usage = answer["output"]["message"], answer["stopReason"], answer["usage"]
            assert usage["totalTokens"] > 60
            messages.append(message)
            calls = [block["toolUse"] for block in message["content"] if "toolUse" in block]
            assert reason == ("tool_use" if calls else "end_turn")
            if not calls:
                return "".join(block.get("text", "") for block in message["content"])
            messages.append({"role": "user", "content": [
                {"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": DEGREES[call["input"]["city"]]}]}}
                for call in calls]})
    raise AssertionError("no end")


def gather_converse(events):
    blocks, reason, usage = {}, None, None
    for event in events:
        (kind, value), = event.items()
        if kind == "contentBlockStart":
            blocks[value["contentBlockIndex"]] = {"toolUse": {**value["start"]["toolUse"], "input": ""}}
        elif kind == "contentBlockDelta":
            (name, delta), = value["delta"].items()
            at = value["contentBlockIndex"]
            if name == "text":
                blocks.setdefault(at, {"text": ""})["text"] += delta
            elif name == "toolUse":
                blocks[at]["toolUse"]["input"] += delta["input"]
            else:
                held = blocks.setdefault(at, {"reasoningContent": {"reasoningText": {"text": ""}}})["reasoningContent"]
                if "redactedContent" in delta:
                    held.pop("reasoningText", None)
                    held["redactedContent"] = held.get("redactedContent", b"") + delta["redactedContent"]
                else:
                    for part, text in delta.items():
                        held["reasoningText"][part] = held["reasoningText"].get(part, "") + text
        elif kind == "messageStop":
            reason = value["stopReason"]
        elif kind == "metadata":
            usage = value["usage"]
    for block in blocks.values():
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return {"role": "assistant", "content": [blocks[at] for at in sorted(blocks)]}, reason, usage


def cohere_chat(url, key, model, stream):
    import cohere
    client = cohere.ClientV2(api_key=key, base_url=f"{url}/cohere")
    tools = [{"type": "function", "function": {"name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA}}]
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    for _ in range(MOST_TURNS):
        request = {"model": model, "messages": messages, "tools": tools, "thinking": {"type": "enabled", "token_budget": 2000}}
        if stream:
            text, plan, calls = gather_cohere(client.chat_stream(**request))
        else:
            answer = client.chat(**request).message
            text = "".join(part.text for part in answer.content or [] if part.type == "text")
            plan, calls = answer.tool_plan, [call.model_dump(exclude_none=True) for call in answer.tool_calls or []]
        if not calls:
            return text
        messages.append({"role": "assistant", "tool_calls": calls, **({"tool_plan": plan} if plan else {})})
        messages += [{"role": "tool", "tool_call_id": call["id"],
                      "content": DEGREES[json.loads(call["function"]["arguments"])["city"]]} for call in calls]
    raise AssertionError("no end")


def gather_cohere(events):
    text, plan, calls, finish = "", "", {}, None
    for event in events:
        if event.type == "content-delta":
            text += event.delta.message.content.text or ""
        elif event.type == "tool-plan-delta":
            plan += event.delta.message.tool_plan
        elif event.type == "tool-call-start":
            calls[event.index] = event.delta.message.tool_calls.model_dump(exclude_none=True)
        elif event.type == "tool-call-delta":
            calls[event.index]["function"]["arguments"] += event.delta.message.tool_calls.function.arguments
        elif event.type == "message-end":
            finish = event.delta.finish_reason
    assert finish == ("TOOL_CALL" if calls else "COMPLETE"), finish
    return text, plan, [calls[at] for at in sorted(calls)]


def langchain(model, stream):
    from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
    from langchain_core.tools import tool

    @tool
    def get_weather(city: str) -> str:
        """The temperature in degrees"""
        return DEGREES[city]

    bound = model.bind_tools([get_weather])
    messages = [SystemMessage(SYSTEM), HumanMessage(QUESTION)]
    for _ in range(MOST_TURNS):
        if stream:
            answer = None
            for chunk in bound.stream(messages):
                answer = chunk if answer is None else answer + chunk
        else:
            answer = bound.invoke(messages)
        messages.append(answer)
        if not answer.tool_calls:
            return answer.text if isinstance(answer.text, str) else answer.text()
        messages += [ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]) for call in answer.tool_calls]
    raise AssertionError("no end")


def langchain_openai(url, key, model, stream):
    from langchain_openai import ChatOpenAI
    return langchain(ChatOpenAI(base_url=f"{url}/v1", api_key=key, model=model, max_retries=0, use_responses_api=False,
                                stream_usage=True), stream)


def langchain_anthropic(url, key, model, stream):
    from langchain_anthropic import ChatAnthropic
    return langchain(ChatAnthropic(base_url=f"{url}/anthropic", api_key=key, model=model, max_retries=0, max_tokens=8000,
                                   thinking={"type": "enabled", "budget_tokens": 2000}), stream)


def langchain_google(url, key, model, stream):
    from langchain_google_genai import ChatGoogleGenerativeAI
    return langchain(ChatGoogleGenerativeAI(model=model, api_key=key, base_url=f"{url}/genai", max_retries=0,
                                            thinking_budget=2000, include_thoughts=True), stream)


LOOPS = {loop.__name__: loop for loop in (openai_chat, openai_responses, anthropic_messages, google_genai, boto3_converse,
                                           cohere_chat, langchain_openai, langchain_anthropic, langchain_google)}
