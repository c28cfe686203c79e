// Takes the events that Gatehouse posts to http://HOST:PORT (TLS ends in front of it) and keeps each once, as a line of
// FOLDER/events.jsonl. Whatever is wrong ends it: started again, it goes on.
//
//     GATEHOUSE_SECRET=whsec_… node receive.ts FOLDER HOST:PORT
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { Kept, type Event } from "./kept.ts";

const [folder, address] = process.argv.slice(2);
const secret = Buffer.from((process.env.GATEHOUSE_SECRET ?? "").replace(/^whsec_/, ""), "base64");
if (secret.length < 24) throw new Error("GATEHOUSE_SECRET is not the secret of an endpoint");
const kept = new Kept(folder);

/** Whether a request is signed by Standard Webhooks, v1, in these minutes; by one of several while a secret changes. */
function signed(headers: IncomingHttpHeaders, body: Buffer, now: number): boolean {
  const stamp = String(headers["webhook-timestamp"]);
  if (!/^[0-9]{1,12}$/.test(stamp) || Math.abs(now / 1000 - Number(stamp)) > 300) return false;
  const mac = createHmac("sha256", secret).update(`${headers["webhook-id"] ?? ""}.${stamp}.`).update(body);
  const want = Buffer.from(`v1,${mac.digest("base64")}`);
  return String(headers["webhook-signature"])
    .split(" ")
    .map((text) => Buffer.from(text))
    .some((given) => given.length === want.length && timingSafeEqual(given, want));
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  let length = 0;
  request.on("data", (part: Buffer) => {
    length += part.length;
    if (length > 1 << 20) request.destroy();
    parts.push(part);
  });
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const ours = signed(request.headers, body, Date.now());
    if (ours) kept.keep(JSON.parse(body.toString()) as Event);
    response.writeHead(ours ? 204 : 401).end(); // not before it is kept
  });
});
server.requestTimeout = 15_000;
const colon = address.lastIndexOf(":");
server.listen(Number(address.slice(colon + 1)), address.slice(0, colon), () => console.log("listening on", address));
