// The official Node SDK as a user writes it: only baseURL and apiKey differ. One case a run: node sdk.cjs NAME.
// Settings come from the environment: SLUICE_URL, SLUICE_KEY.
const assert = require("node:assert/strict");
const OpenAI = require("openai");

const apiKey = process.env.SLUICE_KEY;
const baseURL = `${process.env.SLUICE_URL}/v1`;
const make = (more = {}) => new OpenAI({ apiKey, baseURL, maxRetries: 0, ...more });
const client = make();
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "hello" }] };
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } }];

async function refused(model, kind, status, code) {
  await assert.rejects(client.chat.completions.create({ ...chat, model }), (error) => {
    assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, status);
    if (code) assert.equal(error.code, code);
    assert.ok(error.requestID);
    return true;
  });
}

const cases = {
  async chat() {
    const answer = await client.chat.completions.create(chat);
    assert.equal(answer.choices[0].message.content, "you said: hello");
    assert.equal(answer.usage.total_tokens, 18);
    assert.ok(answer._request_id);
  },
  async streaming() {
    const stream = await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } });
    let text = "", usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, "you said: hello");
    assert.equal(usage.completion_tokens, 7);
  },
  async streaming_helper() {
    const stream = client.chat.completions.stream(chat);
    let text = "";
    stream.on("content", (piece) => { text += piece; });
    const final = await stream.finalChatCompletion();
    assert.equal(text, "you said: hello");
    assert.equal(final.choices[0].finish_reason, "stop");
  },
  async tools() {
    const answer = await client.chat.completions.create({ ...chat, tools });
    assert.deepEqual(answer.choices[0].message.tool_calls.map((call) => call.id), ["call_a", "call_b"]);
    assert.equal(answer.choices[0].finish_reason, "tool_calls");
  },
  async tools_streamed() {
    const final = await client.chat.completions.stream({ ...chat, tools }).finalChatCompletion();
    const calls = final.choices[0].message.tool_calls;
    assert.deepEqual(calls.map((call) => call.function.arguments), ['{"city":"Paris"}', '{"city":"Oslo","unit":"c"}']);
  },
  async structured_output() {
    const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const answer = await client.chat.completions.parse({
      ...chat, response_format: { type: "json_schema", json_schema: { name: "weather", schema } } });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: "Paris", degrees: 21 });
  },
  async leaving_a_stream() {
    const stream = await client.chat.completions.create({ ...chat, stream: true });
    for await (const chunk of stream) { assert.ok(chunk.id); break; }
    assert.equal((await client.chat.completions.create(chat)).choices[0].message.role, "assistant");
  },
  async completions() {
    const answer = await client.completions.create({ model: "gpt-4o-mini", prompt: "once" });
    assert.equal(answer.choices[0].text, "once!");
  },
  async embeddings() {   // this SDK asks for base64 and decodes it itself
    const answer = await client.embeddings.create({ model: "text-embedding-3-small", input: ["a", "b"] });
    assert.deepEqual(Array.from(answer.data[1].embedding), [1, 2, 3]);
  },
  async models() {
    const names = [];
    for await (const model of await client.models.list()) names.push(model.id);
    assert.ok(names.includes("gpt-4o") && names.includes("text-embedding-3-small"));
    assert.equal((await client.models.retrieve("gpt-4o")).id, "gpt-4o");
  },
  async with_response() {
    const { data, response } = await client.chat.completions.create(chat).withResponse();
    assert.equal(data.choices[0].message.content, "you said: hello");
    assert.equal(response.headers.get("x-sluice-model"), "gpt-4o");
    assert.equal(response.headers.get("x-sluice-attempts"), "1");
  },
  bad_request: () => refused("error-400", OpenAI.BadRequestError, 400, "context_length_exceeded"),
  permission_denied: () => refused("error-403", OpenAI.PermissionDeniedError, 403),
  not_found: () => refused("gpt-unknown", OpenAI.NotFoundError, 404, "model_not_found"),
  unprocessable: () => refused("error-422", OpenAI.UnprocessableEntityError, 422),
  rate_limit: () => refused("error-429", OpenAI.RateLimitError, 429, "rate_limit_exceeded"),
  internal_server_error: () => refused("error-500", OpenAI.InternalServerError, 500),
  async authentication() {
    await assert.rejects(make({ apiKey: "sk-sl-wrong" }).chat.completions.create(chat), OpenAI.AuthenticationError);
  },
  async timeout() {
    await assert.rejects(make({ timeout: 300 }).chat.completions.create({ ...chat, model: "waits" }),
      OpenAI.APIConnectionTimeoutError);
  },
  async connection() {
    await assert.rejects(make({ baseURL: "http://127.0.0.1:9/v1" }).chat.completions.create(chat), OpenAI.APIConnectionError);
  },
  async abort() {
    const controller = new AbortController();
    const call = client.chat.completions.create({ ...chat, model: "waits" }, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(call, OpenAI.APIUserAbortError);
  },
};

cases[process.argv[2]]().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
