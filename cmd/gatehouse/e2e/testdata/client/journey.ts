// A day at the desk, through a client that is made of the API's description
// alone: what the description does not say does not compile here, and what the
// program does otherwise than described leaves a step without what it looks for.
import assert from "node:assert/strict";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./api.js";

const env = (name: string): string => process.env[name] ?? assert.fail(`${name} is not set`);
const door = env("GATEHOUSE_URL") + env("GATEHOUSE_DOOR");

// What the program could not do ends the day.
const telling: Middleware = {
  async onResponse({ request, response }) {
    if (response.status >= 500) assert.fail(`${request.method} ${request.url}: ${response.status} ${await response.clone().text()}`);
  },
};

function clientWith(token: string) {
  const client = createClient<paths>({ baseUrl: env("GATEHOUSE_URL") + "/api/v1", headers: { Authorization: "Bearer " + token } });
  client.use(telling);
  return client;
}

const api = clientWith(env("GATEHOUSE_TOKEN"));

type Message = components["schemas"]["Message"];
type EventType = components["schemas"]["Event"]["type"];

async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) assert.fail(`not yet, after a minute: ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function write(id: string, text: string): Promise<void> {
  const sent = await fetch(door, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id, visitor_id: "v-1", text }),
  });
  assert.ok(sent.ok, `the door: ${sent.status} ${await sent.text()}`);
}

// arrived is the message with a text, once it is in a state.
const arrived = (state: "conversed" | "held", text: string): Promise<Message> =>
  until(`${text} is ${state}`, async () => {
    const { data } = await api.GET("/messages", { params: { query: { state } } });
    return data?.items.find((m) => m.text === text);
  });

async function contactIsMade(): Promise<string> {
  const body = { name: "Ann Example", identities: ["visitor:v-1"] };
  const params = { header: { "Idempotency-Key": "ann" } };
  const made = await api.POST("/contacts", { params, body });
  assert.equal(made.response.status, 201);
  const again = await api.POST("/contacts", { params, body });
  assert.equal(again.data?.id, made.data?.id);
  assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");
  return made.data?.id ?? assert.fail("no contact");
}

async function contactIsChanged(id: string): Promise<void> {
  const path = { id };
  const read = await api.GET("/contacts/{id}", { params: { path } });
  const tag = read.response.headers.get("ETag") ?? assert.fail("no ETag");
  const same = await api.GET("/contacts/{id}", { params: { path, header: { "If-None-Match": tag } }, parseAs: "text" });
  assert.equal(same.response.status, 304);
  const header = { "If-Match": tag };
  const changed = await api.PATCH("/contacts/{id}", { params: { path, header }, body: { company: "Example Ltd" } });
  assert.equal(changed.data?.company, "Example Ltd");
  const late = await api.PATCH("/contacts/{id}", { params: { path, header }, body: { company: "Example AG" } });
  assert.equal(late.error?.type, "stale");
}

async function conversationIsRead(contact: string): Promise<void> {
  await write("1", "Hello");
  const first = await arrived("conversed", "Hello");
  assert.equal(first.contact_id, contact);
  const { data: list } = await api.GET("/conversations", { params: { query: { contact_id: contact } } });
  const [talk] = list?.items ?? [];
  assert.ok(talk, "no conversation");
  const { data } = await api.GET("/conversations/{id}/messages", { params: { path: { id: talk.id } } });
  assert.deepEqual(data?.items.map((m) => m.text), ["Hello"]);
  const open = await api.PATCH("/conversations/{id}", { params: { path: { id: talk.id } }, body: { status: "open", assignee: "sam" } });
  assert.equal(open.data?.assignee, "sam");
}

async function blockedIsHeld(contact: string): Promise<void> {
  await api.PATCH("/settings", { body: { block_contact_enabled: true } });
  const path = { id: contact };
  const { data } = await api.POST("/contacts/{id}/block", { params: { path }, body: { reason: "spam" } });
  assert.ok(data && "kind" in data, "a preview, and no rule");
  assert.equal(data.kind, "block");
  await write("2", "Are you there?");
  const held = await arrived("held", "Are you there?");
  const { data: list } = await api.GET("/blocked", { params: { query: { contact_id: contact } } });
  assert.equal(list?.total, 1);
  const ticket = list.items[0]?.id ?? assert.fail("no ticket");
  const { data: shown } = await api.GET("/blocked/{id}", { params: { path: { id: ticket } } });
  assert.equal(shown?.items[0]?.id, held.id);
}

async function allIsUnblocked(contact: string): Promise<void> {
  const params = { path: { id: contact } };
  const asked = await api.POST("/contacts/{id}/unblock", { params, body: {} });
  assert.equal(asked.error?.type, "held-choice-required");
  const { data: preview } = await api.POST("/blocked/preview", { body: { action: "unblock_all", scope: `contact:${contact}` } });
  assert.equal(preview?.released, 1);
  const { data } = await api.POST("/contacts/{id}/unblock", { params, body: { held: "unblock_all" } });
  const job = data?.id ?? assert.fail("no job");
  const done = await until("the job is done", async () => {
    const { data: now } = await api.GET("/jobs/{id}", { params: { path: { id: job } } });
    return now?.state === "done" ? now : undefined;
  });
  assert.equal(done.released, 1);
  await arrived("conversed", "Are you there?");
}

async function eventsAreRead(contact: string): Promise<void> {
  const wanted: EventType[] = ["contact.changed", "conversation.opened", "message.held", "ticket.released"];
  const seen: EventType[] = [];
  for (let after: string | undefined; ; ) {
    const { data } = await api.GET("/events", { params: { query: after ? { after } : {} } });
    if (!data || data.items.length === 0) break;
    seen.push(...data.items.filter((e) => e.contact_id === contact).map((e) => e.type));
    after = data.next;
    if (!after) break;
  }
  for (const type of wanted) assert.ok(seen.includes(type), `no ${type} among ${seen}`);
}

// A token has a limit of its own, and does not ask at the others' expense.
async function hastyIsStopped(): Promise<void> {
  const { data } = await api.POST("/tokens", { body: { name: "hasty", role: "agent", rate: 1 } });
  const hasty = clientWith(data?.secret ?? assert.fail("no secret"));
  const stopped = await until("the hasty one is stopped", async () => {
    const asked = await hasty.GET("/conversations", {});
    assert.match(asked.response.headers.get("RateLimit-Policy") ?? "", /q=1;w=60/);
    return asked.error;
  });
  assert.equal(stopped.type, "too-many-requests");
  assert.equal((await api.GET("/conversations", {})).response.status, 200);
}

const contact = await contactIsMade();
await contactIsChanged(contact);
await conversationIsRead(contact);
await blockedIsHeld(contact);
await allIsUnblocked(contact);
await eventsAreRead(contact);
await hastyIsStopped();
console.log("through");
