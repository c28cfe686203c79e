"""Follows Gatehouse's log of events and keeps each once, as a line of FOLDER/events.jsonl. Whatever is wrong ends it: started
again, it goes on where it was.

    GATEHOUSE_URL=… GATEHOUSE_TOKEN=… python3 follow.py FOLDER
"""
import http.client, json, os, pathlib, sys, time, urllib.parse, urllib.request

from kept import Kept

def get(path):  # asks until there is an answer; None: 410
    headers = {"Authorization": "Bearer " + os.environ["GATEHOUSE_TOKEN"]}
    while True:
        try:
            request = urllib.request.Request(os.environ["GATEHOUSE_URL"] + "/api/v1/" + path, headers=headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            code = getattr(error, "code", 500)
            if code == 410:
                return None
            if code < 500 and code != 429:
                raise
            print("again:", error, file=sys.stderr)
        time.sleep(1)

def write(path, text):
    path.with_suffix(".next").write_text(text)
    path.with_suffix(".next").replace(path)

def copy_all(folder):  # how things are now: some of the events that told of it were lost
    lines = []
    for what in "contacts?from=2000-01-01T00:00:00Z", "conversations?", "messages?":
        page = {"next": ""}
        while "items" not in page or page["next"]:
            page = get(f"{what}&limit=200&cursor={urllib.parse.quote(page['next'])}")
            lines += [json.dumps(item) + "\n" for item in page["items"]]
    write(folder / "copy.jsonl", "".join(lines))

def follow(folder, kept):
    place, lost = folder / "place", False
    after = place.read_text() if place.exists() else ""  # else from the oldest event that is kept
    while True:
        page = get("events?limit=200&after=" + after)
        if page is None:
            after, lost = "", True
            continue
        for event in page["items"]:
            kept.keep(event)
        after, end = page["next"], len(page["items"]) < 200
        if lost and end:
            copy_all(folder)
            lost = False
        if not lost:  # the lost place stays written down until the copy is whole
            write(place, after)  # after the work
        if end:
            time.sleep(1)

here = pathlib.Path(sys.argv[1])
follow(here, Kept(here))
