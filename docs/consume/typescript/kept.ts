import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";

export type Event = { id: string; type: string };

/** What was done. Yours may be a table whose key is the event's id. */
export class Kept {
  private seen: Set<string>;
  private file: number;

  constructor(folder: string) {
    const name = `${folder}/events.jsonl`;
    const text = existsSync(name) ? readFileSync(name) : Buffer.alloc(0);
    const whole = text.subarray(0, text.lastIndexOf("\n") + 1); // a line that was cut short comes again
    if (whole.length < text.length) truncateSync(name, whole.length);
    const lines = whole.toString().split("\n").slice(0, -1);
    this.seen = new Set(lines.map((line) => (JSON.parse(line) as Event).id));
    this.file = openSync(name, "a");
  }

  /** When it returns, that outlives whatever happens to the program. */
  keep(event: Event): void {
    if (this.seen.has(event.id)) return;
    const line = Buffer.from(JSON.stringify(event) + "\n");
    for (let done = 0; done < line.length; ) done += writeSync(this.file, line, done);
    fsyncSync(this.file);
    this.seen.add(event.id);
  }
}
