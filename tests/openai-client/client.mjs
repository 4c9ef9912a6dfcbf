// Asks the endpoint as any program that uses OpenAI's own client would. OPENAI_BASE_URL and OPENAI_API_KEY say where and as whom, the arguments what;
// what came of it is printed as JSON.
import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0, timeout: 30_000 });
const [scenario, question] = process.argv.slice(2);
const messages = [
  { role: "system", content: "The visitor's name is Ada." },
  { role: "user", content: question },
];
const tools = [
  {
    type: "function",
    function: {
      name: "find_price",
      description: "Finds a price.",
      parameters: { type: "object", properties: { model: { type: "string" } }, required: ["model"] },
    },
  },
];

async function streamed(extra = {}) {
  const result = { text: "", pieces: 0, calls: [] };
  const stream = await client.chat.completions.create({ model: "widget", messages, stream: true, stream_options: { include_usage: true }, ...extra });
  for await (const chunk of stream) {
    result.id ??= chunk.id;
    if (chunk.usage) result.usage = chunk.usage;
    if (chunk.citations) result.citations = chunk.citations;
    const [choice] = chunk.choices;
    if (!choice) continue;
    result.role ??= choice.delta.role;
    result.finish = choice.finish_reason ?? result.finish;
    if (choice.delta.content) {
      result.text += choice.delta.content;
      result.pieces++;
    }
    result.calls.push(...(choice.delta.tool_calls ?? []));
  }
  return result;
}

const scenarios = {
  models: async () => (await client.models.list()).data.map((model) => model.id),
  streamed,
  whole: () => client.chat.completions.create({ model: "widget", messages, temperature: 0.7, user: "ada", n: 1, response_format: { type: "text" } }),
  // The client's own helper, which puts the pieces together and is strict about them.
  runner: async () => {
    const asked = [];
    const run = client.chat.completions.runTools({
      model: "widget",
      messages,
      stream: true,
      tools: [{ ...tools[0], function: { ...tools[0].function, parse: JSON.parse, function: (args) => (asked.push(args), { price: 2890 }) } }],
    });
    return { text: await run.finalContent(), asked };
  },
  tools: () => streamed({ tools }),
  abort: async () => {
    const stream = await client.chat.completions.create({ model: "widget", messages, stream: true });
    for await (const chunk of stream) {
      if (!chunk.choices[0]?.delta.content) continue;
      stream.controller.abort();
      return { seen: chunk.choices[0].delta.content };
    }
    return { seen: null };
  },
  wrong: () => client.chat.completions.create({ model: "widget", messages: [{ role: "nobody", content: "x" }] }),
  unknown: () => client.chat.completions.create({ model: "gpt-17", messages }),
};

try {
  console.log(JSON.stringify({ result: await scenarios[scenario]() }));
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.log(JSON.stringify({ error: { name: error.constructor.name, status: error.status, code: error.code, param: error.param, type: error.type, message: error.message } }));
}
