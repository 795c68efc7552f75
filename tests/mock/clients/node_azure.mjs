// The official SDK for Node.js: prints what it made of the practice server.
import { AzureOpenAI, NotFoundError } from "openai";
import { VERSION } from "openai/version";

const client = new AzureOpenAI({
  endpoint: process.env.AZURE_OPENAI_ENDPOINT,
  apiKey: process.env.AZURE_OPENAI_API_KEY,
  apiVersion: "2024-10-21",
});
const asked = {
  model: process.argv[2],
  messages: [{ role: "user", content: "Describe a nurse." }],
  max_tokens: 100,
};
const whole = await client.chat.completions.create(asked);
let streamed = "";
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  streamed += chunk.choices[0]?.delta.content ?? "";
}
let status = null;
try {
  await client.chat.completions.create({ ...asked, model: "nobody" });
} catch (error) {
  if (error instanceof NotFoundError) status = error.status;
}
const retried = await client.chat.completions.create({ ...asked, seed: 2 });
console.log(
  JSON.stringify({
    version: VERSION,
    text: whole.choices[0].message.content,
    streamed,
    wrong_deployment: status,
    retried: retried.choices[0].message.content,
  }),
);
