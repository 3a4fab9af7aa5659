// One small request with an official Node SDK: node refusals.cjs SDK MODEL RETRIES. Prints as JSON what its user sees, as
// support/sdk_refusals.py has it.
const OpenAI = require("openai");
const Anthropic = require("@anthropic-ai/sdk");
const { GoogleGenAI } = require("@google/genai");

const [, , sdk, model, retries] = process.argv;
const url = process.env.SLUICE_URL, apiKey = process.env.SLUICE_KEY, maxRetries = Number(retries);
const messages = [{ role: "user", content: "hello" }];

function kinds(error) {
  const names = [];
  for (let kind = error.constructor; kind?.name; kind = Object.getPrototypeOf(kind)) names.push(kind.name);
  return names;
}
const headersOf = (headers) => Object.fromEntries(headers?.entries?.() ?? Object.entries(headers ?? {}));

const ask = {
  async openai() {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries });
    const { data, response } = await client.chat.completions.create({ model, messages, max_tokens: 50 }).withResponse();
    return { text: data.choices[0].message.content, headers: headersOf(response.headers) };
  },
  async anthropic() {
    const client = new Anthropic({ baseURL: `${url}/anthropic`, apiKey, maxRetries });
    const { data, response } = await client.messages.create({ model, messages, max_tokens: 50 }).withResponse();
    return { text: data.content[0].text, headers: headersOf(response.headers) };
  },
  async genai() {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${url}/genai` } });
    const answer = await client.models.generateContent({ model, contents: "hello", config: { maxOutputTokens: 50 } });
    return { text: answer.text, headers: headersOf(answer.sdkHttpResponse?.headers) };
  },
};
const codeOf = {
  openai: (error) => error.code,
  anthropic: (error) => error.error.error.type,
  genai: (error) => JSON.parse(error.message).error.details[0].reason.toLowerCase(),   // it has no other place for it
};

ask[sdk]().catch((error) => ({ kinds: kinds(error), status: error.status, code: codeOf[sdk](error), headers: headersOf(error.headers) }))
  .then((seen) => console.log(JSON.stringify(seen)), (error) => { console.error(error); process.exit(1); });
