"""Takes the events that Gatehouse posts to http://HOST:PORT (TLS ends in front of it) and keeps each once, as a line of
FOLDER/events.jsonl. Whatever is wrong ends it: started again, it goes on.

    GATEHOUSE_SECRET=whsec_… python3 receive.py FOLDER HOST:PORT
"""
import base64, hmac, http.server, json, os, pathlib, re, sys, time, traceback

from kept import Kept

secret = base64.b64decode(os.environ["GATEHOUSE_SECRET"].removeprefix("whsec_"), validate=True)
if len(secret) < 24:
    sys.exit("GATEHOUSE_SECRET is not the secret of an endpoint")
kept = Kept(pathlib.Path(sys.argv[1]))

def signed(headers, body, now):  # by Standard Webhooks, v1, and of these minutes; several signatures while a secret changes
    stamp = headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", stamp) or abs(now - int(stamp)) > 300:
        return False
    content = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    want = b"v1," + base64.b64encode(hmac.digest(secret, content, "sha256"))
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(want, signature) for signature in given)

class Door(http.server.BaseHTTPRequestHandler):
    timeout = 15  # seconds that a request may take to come

    def do_POST(self):
        length = self.headers.get("content-length", "")
        body = self.rfile.read(int(length)) if re.fullmatch("[0-9]{1,6}", length) else b""
        status = 401
        if signed(self.headers, body, time.time()):
            self.keep(json.loads(body))
            status = 204  # not before it is kept
        self.send_response(status)
        self.end_headers()

    def keep(self, event):
        try:
            kept.keep(event)
        except BaseException:  # a thread's error would not end the program
            traceback.print_exc()
            os._exit(1)

host, port = sys.argv[2].rsplit(":", 1)
with http.server.ThreadingHTTPServer((host, int(port)), Door) as server:
    print("listening on", sys.argv[2], flush=True)
    server.serve_forever()
