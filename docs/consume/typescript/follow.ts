// Follows Gatehouse's log of events and keeps each once, as a line of FOLDER/events.jsonl. Whatever is wrong ends it: started
// again, it goes on where it was.
//
//     GATEHOUSE_URL=… GATEHOUSE_TOKEN=… node follow.ts FOLDER
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Kept, type Event } from "./kept.ts";

type Page<T> = { items: T[]; next: string };

/** Asks until there is an answer; null: 410. */
async function get<T>(path: string): Promise<Page<T> | null> {
  const headers = { authorization: `Bearer ${process.env.GATEHOUSE_TOKEN}` };
  for (;;) {
    let status = 0;
    try {
      const answer = await fetch(`${process.env.GATEHOUSE_URL}/api/v1/${path}`, { headers, signal: AbortSignal.timeout(60_000) });
      status = answer.status;
      if (status === 200) return (await answer.json()) as Page<T>;
    } catch (error) {
      console.error("again:", error);
    }
    if (status === 410) return null;
    if (status >= 400 && status < 500 && status !== 429) throw new Error(`${path}: ${status}`);
    await pause(1000);
  }
}

function write(name: string, text: string): void {
  writeFileSync(`${name}.next`, text);
  renameSync(`${name}.next`, name);
}

/** Writes down how things are now: some of the events that told of it were lost. */
async function copyAll(folder: string): Promise<void> {
  let lines = "";
  for (const list of ["contacts?from=2000-01-01T00:00:00Z", "conversations?", "messages?"]) {
    let cursor = "";
    do {
      const page = await get<object>(`${list}&limit=200&cursor=${encodeURIComponent(cursor)}`);
      for (const item of page?.items ?? []) lines += JSON.stringify(item) + "\n";
      cursor = page?.next ?? "";
    } while (cursor !== "");
  }
  write(`${folder}/copy.jsonl`, lines);
}

async function follow(folder: string, kept: Kept): Promise<never> {
  const place = `${folder}/place`;
  let after = existsSync(place) ? readFileSync(place, "utf8") : ""; // "": from the oldest event that is kept
  for (let lost = false; ; ) {
    const page = await get<Event>(`events?limit=200&after=${after}`);
    if (page === null) {
      after = "";
      lost = true;
      continue;
    }
    for (const event of page.items) kept.keep(event);
    after = page.next;
    const end = page.items.length < 200;
    if (lost && end) {
      await copyAll(folder);
      lost = false;
    }
    if (!lost) write(place, after); // after the work; the lost place stays until the copy is whole
    if (end) await pause(1000);
  }
}

const folder = process.argv[2];
await follow(folder, new Kept(folder));
