"""What a consumer has done."""
import json, os, threading

class Kept:  # what was done: yours may be a table whose key is the event's id
    def __init__(self, folder):
        self.lock, self.file = threading.Lock(), open(folder / "events.jsonl", "a+b")
        self.file.seek(0)
        text = self.file.read()
        text = text[: text.rfind(b"\n") + 1]  # a line that was cut short comes again
        self.file.truncate(len(text))
        self.seen = {json.loads(line)["id"] for line in text.splitlines()}

    def keep(self, event):  # when it returns, that outlives whatever happens to the program
        with self.lock:
            if event["id"] not in self.seen:
                self.file.write(json.dumps(event).encode() + b"\n")
                self.file.flush()
                os.fsync(self.file.fileno())
                self.seen.add(event["id"])
