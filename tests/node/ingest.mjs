// The same function as functions/webhook-ingest, as one would write it in Node: verify over the raw bytes, queue, 200.
// It speaks Lambda's Runtime API by itself, which is lighter than the official client: the comparison favours Node.

import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const { AWS_LAMBDA_RUNTIME_API, WEBHOOKS_QUEUE_URL, TIKTOK_SECRET_ID, META_SECRET_ID } = process.env;
const secretsManager = new SecretsManagerClient({});
const sqs = new SQSClient({});
const secrets = new Map();

async function secret(id) {
  if (!secrets.has(id)) {
    const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: id }));
    secrets.set(id, JSON.parse(answer.SecretString));
  }
  return secrets.get(id);
}

function matches(key, parts, hex) {
  const tag = parts.reduce((hmac, part) => hmac.update(part), createHmac("sha256", key)).digest();
  const given = Buffer.from(hex ?? "", "hex");
  return given.length === tag.length && timingSafeEqual(given, tag);
}

async function verified(platform, headers, body) {
  if (platform === "tiktok") {
    const header = Object.fromEntries((headers["tiktok-signature"] ?? "").split(",").map((part) => part.split("=")));
    return matches((await secret(TIKTOK_SECRET_ID)).clientSecret, [`${header.t}.`, body], header.s);
  }
  const [scheme, hex] = (headers["x-hub-signature-256"] ?? "").split("=");
  return scheme === "sha256" && matches((await secret(META_SECRET_ID)).appSecret, [body], hex);
}

async function handle(event) {
  const platform = event.pathParameters.platform;
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (!(await verified(platform, event.headers, body))) {
    return { statusCode: 401, body: JSON.stringify({ error: { code: "invalid_signature" } }) };
  }
  const delivery = { platform, receivedAt: new Date().toISOString(), body: body.toString("base64") };
  await sqs.send(new SendMessageCommand({ QueueUrl: WEBHOOKS_QUEUE_URL, MessageBody: JSON.stringify(delivery) }));
  console.log(JSON.stringify({ level: "INFO", message: "answered", status: 200, platform }));
  return { statusCode: 200, headers: { "content-type": "text/plain" }, body: "ok" };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  const [host, port] = AWS_LAMBDA_RUNTIME_API.split(":");
  return new Promise((resolve, reject) => {
    const options = { host, port, method, agent, path: `/2018-06-01/runtime/${path}` };
    const request = http.request(options, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const next = await call("GET", "invocation/next");
  const answer = await handle(JSON.parse(next.text));
  await call("POST", `invocation/${next.headers["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(answer));
}
