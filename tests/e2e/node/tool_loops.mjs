// The conversation of support/tool_loop with the official Node SDKs and Vercel's AI SDK.
//   node tool_loops.mjs SDK MODEL whole|stream      prints the last answer's text
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { generateText, streamText, stepCountIs, tool, jsonSchema } from "ai";
import { createOpenAI } from "@ai-sdk/openai";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";

const [, , sdk, model, how] = process.argv;
const stream = how === "stream";
const url = process.env.SLUICE_URL, key = process.env.SLUICE_KEY;
const question = "How warm is it in Paris, Oslo and Rome?";
const system = "You know the weather.";
const description = "The temperature in degrees";
const degrees = { Paris: "21", Oslo: "-3", Rome: "25" };
const schema = { type: "object", properties: { city: { type: "string", description: "Its name" } }, required: ["city"] };
const turns = [0, 1, 2, 3, 4, 5];

async function openai_chat() {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const tools = [{ type: "function", function: { name: "get_weather", description, parameters: schema } }];
  const messages = [{ role: "system", content: system }, { role: "user", content: question }];
  for (const _ of turns) {
    const request = { model, messages, tools, reasoning_effort: "low" };
    const completion = stream
      ? await client.chat.completions.stream({ ...request, stream_options: { include_usage: true } }).finalChatCompletion()
      : await client.chat.completions.create(request);
    const message = completion.choices[0].message;
    messages.push(message);
    if (!message.tool_calls?.length) return message.content;
    for (const call of message.tool_calls) {
      messages.push({ role: "tool", tool_call_id: call.id, content: degrees[JSON.parse(call.function.arguments).city] });
    }
  }
}

async function openai_responses() {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const tools = [{ type: "function", name: "get_weather", description, parameters: schema, strict: false }];
  const input = [{ role: "user", content: question }];
  for (const _ of turns) {
    const request = { model, input, instructions: system, tools, store: false, include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" } };
    const response = stream ? await client.responses.stream(request).finalResponse() : await client.responses.create(request);
    for (const item of response.output) {
      const { parsed_arguments, ...plain } = item;
      input.push(plain);
    }
    const calls = response.output.filter((item) => item.type === "function_call");
    if (!calls.length) return response.output_text;
    for (const call of calls) {
      input.push({ type: "function_call_output", call_id: call.call_id, output: degrees[JSON.parse(call.arguments).city] });
    }
  }
}

async function anthropic_messages() {
  const client = new Anthropic({ baseURL: `${url}/anthropic`, apiKey: key, maxRetries: 0 });
  const messages = [{ role: "user", content: question }];
  for (const _ of turns) {
    const request = { model, max_tokens: 8000, system, messages, tools: [{ name: "get_weather", description, input_schema: schema }],
      thinking: { type: "enabled", budget_tokens: 2000 } };
    const message = stream ? await client.messages.stream(request).finalMessage() : await client.messages.create(request);
    messages.push({ role: "assistant", content: message.content });
    const calls = message.content.filter((block) => block.type === "tool_use");
    if (!calls.length) return message.content.filter((block) => block.type === "text").map((block) => block.text).join("");
    messages.push({ role: "user",
      content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: degrees[call.input.city] })) });
  }
}

async function google_genai() {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: `${url}/genai` } });
  const contents = [{ role: "user", parts: [{ text: question }] }];
  const config = { systemInstruction: system, thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 },
    tools: [{ functionDeclarations: [{ name: "get_weather", description, parametersJsonSchema: schema }] }] };
  for (const _ of turns) {
    const parts = [];
    if (stream) {
      for await (const chunk of await client.models.generateContentStream({ model, contents, config })) {
        parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      }
    } else {
      parts.push(...(await client.models.generateContent({ model, contents, config })).candidates[0].content.parts);
    }
    contents.push({ role: "model", parts });
    const calls = parts.filter((part) => part.functionCall).map((part) => part.functionCall);
    if (!calls.length) return parts.filter((part) => part.text && !part.thought).map((part) => part.text).join("");
    contents.push({ role: "user", parts: calls.map((call) => ({
      functionResponse: { id: call.id, name: call.name, response: { result: degrees[call.args.city] } } })) });
  }
}

async function vercel(languageModel, providerOptions) {
  const settings = { model: languageModel, system, prompt: question, maxRetries: 0, stopWhen: stepCountIs(6), providerOptions,
    tools: { get_weather: tool({ description, inputSchema: jsonSchema(schema), execute: async ({ city }) => degrees[city] }) } };
  if (!stream) return (await generateText(settings)).text;
  let failed;
  const result = streamText({ ...settings, onError: ({ error }) => { failed = error; } });
  const text = await result.text;
  if (failed) throw failed;
  return text;
}

const loops = {
  openai_chat, openai_responses, anthropic_messages, google_genai,
  vercel_openai: () => vercel(createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(model)),
  vercel_anthropic: () => vercel(createAnthropic({ baseURL: `${url}/anthropic/v1`, apiKey: key })(model),
    { anthropic: { thinking: { type: "enabled", budgetTokens: 2000 } } }),
  vercel_google: () => vercel(createGoogleGenerativeAI({ baseURL: `${url}/genai/v1beta`, apiKey: key })(model),
    { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 } } }),
};
process.stdout.write(await loops[sdk]());
