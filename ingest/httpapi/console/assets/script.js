// What makes the console quicker for the hands: dialogs in place of pages, keys,
// live progress. Without it every page works all the same.
"use strict";
const $ = (what, of = document) => of.querySelector(what);
const $$ = (what, of = document) => [...of.querySelectorAll(what)];
const tell = (text) => { $("#told").textContent = text; };

// The server writes times in the reader's zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;

// A page that asks before something is done is shown as a dialog.
async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = $("[data-content]", page);
  if (!content) { location.href = address; return; }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", $("h1", content).textContent);
  dialog.append(document.adoptNode(content));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  $("[data-cancel]", dialog)?.addEventListener("click", (e) => { e.preventDefault(); dialog.close(); });
  dialog.showModal();
  $("[autofocus]", dialog)?.focus();
}

document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-dialog]");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  ask(link.href);
});

document.addEventListener("submit", (e) => {
  const button = e.submitter;
  if (!button?.hasAttribute("data-dialog")) return;
  e.preventDefault();
  const data = new FormData(e.target, button);
  if (!data.has("ticket")) { tell("Select tickets first."); return; }
  ask(e.target.action + "?" + new URLSearchParams(data));
});

$("[data-all]")?.addEventListener("change", (e) => {
  for (const box of $$("[name=ticket]")) box.checked = e.target.checked;
});

// Keys: j and k go through the rows, Enter opens one, r a d b ask what to do.
const row = () => document.activeElement?.closest?.(".row");
function step(by) {
  const list = $$("[data-rows] > .row");
  const next = list[row() ? list.indexOf(row()) + by : by > 0 ? 0 : list.length - 1];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => { const box = row() && $("[name=ticket]", row()); if (box) box.checked = !box.checked; },
  Enter: () => { if (row() === document.activeElement) $(".open", row()).click(); },
  "/": () => $("#find")?.focus(),
  "?": help,
};
function press(key) {
  const link = $(`[data-key="${key}"]`, row() ?? $(".top") ?? document);
  link?.click();
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("dialog[open]") || e.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
  if (e.key === "Enter" && row() !== document.activeElement) return;
  const does = keys[e.key] ?? ("radb".includes(e.key) ? () => press(e.key) : null);
  if (!does) return;
  e.preventDefault();
  does();
});

function help() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Keys");
  dialog.innerHTML = `<h2>Keys</h2><ul class="plain">
    <li><kbd>j</kbd> <kbd>k</kbd> next, previous</li><li><kbd>Enter</kbd> open</li><li><kbd>x</kbd> select</li>
    <li><kbd>r</kbd> release</li><li><kbd>a</kbd> release and allow</li><li><kbd>d</kbd> delete</li><li><kbd>b</kbd> delete and ban</li>
    <li><kbd>/</kbd> search</li><li><kbd>Esc</kbd> close</li></ul><form method="dialog"><button class="main" autofocus>Close</button></form>`;
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

// A job's page follows it; a dropped connection is taken up again by the browser.
const job = $("[data-job]");
if (job && ["queued", "running"].includes(job.dataset.state)) {
  const source = new EventSource(`/api/v1/jobs/${job.dataset.job}/events`);
  source.addEventListener("job.progress", (e) => {
    const j = JSON.parse(e.data);
    if (j.total) $("progress", job).value = Math.min(99, (100 * j.done) / j.total);
    $(".says", job).textContent = `${j.done} of ${j.total}`;
  });
  for (const end of ["job.done", "job.failed", "job.cancelled"]) {
    source.addEventListener(end, () => { source.close(); location.reload(); });
  }
}

// What a colleague decides greys out here, with their name.
if ($("[data-ticket]")) {
  const source = new EventSource("/api/v1/events/stream?types=ticket.released,ticket.deleted");
  const names = new Map();
  const by = async (id) => {
    if (!names.has(id)) names.set(id, fetch(`/api/v1/jobs/${id}`).then((a) => a.json()).then((j) => j.created_by, () => ""));
    return names.get(id);
  };
  for (const type of ["ticket.released", "ticket.deleted"]) {
    source.addEventListener(type, async (e) => {
      const data = JSON.parse(e.data).data;
      const gone = $(`[data-ticket="${CSS.escape(data.ticket)}"]`);
      if (!gone) return;
      gone.classList.add("gone");
      for (const box of $$("input, .acts", gone)) box.remove();
      const note = document.createElement("p");
      note.className = "soft";
      note.textContent = `${type === "ticket.released" ? "Released" : "Deleted"}${data.job ? " by " + (await by(data.job)) : ""}`;
      $(".what", gone).append(note);
    });
  }
}
