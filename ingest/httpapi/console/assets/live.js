// What happens while a page is open: how far orders are, and what colleagues
// decide.
"use strict";

// ---- A job's page follows it; a connection that drops is taken up again.

const progress = $("[data-progress]");
if (progress && ["queued", "running"].includes(progress.dataset.state)) {
  const source = new EventSource(`/api/v1/jobs/${progress.dataset.progress}/events`);
  const again = () => { source.close(); location.reload(); };
  source.addEventListener("job.progress", (e) => {
    const j = JSON.parse(e.data);
    if (!j.total) return;
    $("progress", progress).value = Math.min(99, (100 * j.done) / j.total);
    $(".says", progress).textContent = `${j.done} of ${j.total}`;
  });
  for (const end of ["job.done", "job.failed", "job.cancelled"]) source.addEventListener(end, again);
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(again, 5000); });
}

// ---- Orders under way, above the list and in the rows that they are about.

const followed = new Map($$("#orders > [data-job]").map((line) => [line.dataset.job, { line, rows: [] }]));
let looking = 0;

document.addEventListener("ordered", (e) => {
  const { job, rows } = e.detail;
  const line = document.createElement("li");
  line.innerHTML = `<a>Order</a> <progress max="100" aria-label="How far it is"></progress> <span class="soft"></span>`;
  $("a", line).href = `/jobs/${job}`;
  $("#orders").append(line);
  for (const row of rows) mark(row, "ordered", "Under way…");
  followed.set(job, { line, rows });
  look();
});

// mark says what becomes of a row, in place of what could be done with it.
function mark(row, how, text) {
  row.classList.add(how);
  for (const part of $$("input", row)) part.remove();
  counted();
  for (const part of $$(".acts", row)) part.hidden = true;
  let note = $(".became", row);
  if (!note) {
    note = document.createElement("p");
    note.className = "became";
    ($(".what", row) ?? row).append(note);
  }
  note.textContent = text;
}

// giveBack lets a row be decided again: what an order that was stopped did not
// reach is as it was.
function giveBack(row, text) {
  mark(row, "ordered", text);
  row.classList.remove("ordered");
  for (const part of $$(".acts", row)) part.hidden = false;
}

const verbs = { release: "Release", delete: "Delete", unblock_all: "Unblock all", delete_all: "Delete all" };
const says = (j) => {
  const again = (j.held_again ?? []).reduce((n, h) => n + h.n, 0);
  return [[j.released - again, "released"], [again, "held again"], [j.purged, "deleted"], [j.skipped, "left as they are"], [j.failed, "failed"]]
    .filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`).join(", ") || "nothing was left to do";
};

async function look() {
  clearTimeout(looking);
  if (!followed.size) return;
  try {
    for (const [id, order] of followed) {
      const answer = await fetch(`/api/v1/jobs/${id}`);
      if (answer.ok) far(id, order, await answer.json());
    }
  } catch { /* asked again */ }
  if (followed.size) looking = setTimeout(look, 1000);
}

// far shows how far an order is; one that has ended is followed no more.
function far(id, { line, rows }, j) {
  const ended = ["done", "failed", "cancelled"].includes(j.state);
  $("a", line).textContent = verbs[j.kind] ?? j.kind;
  $("progress", line).value = ended ? 100 : j.total ? (100 * j.done) / j.total : 0;
  const text = ended ? says(j) : j.total ? `${j.done} of ${j.total}` : "begins in a moment";
  $(".soft", line).textContent = `ordered by ${j.created_by}: ${j.state === "failed" ? "stopped, " : ""}${text}`;
  for (const row of rows) {
    const gone = row.classList.contains("gone");
    if (!gone && !ended) mark(row, "ordered", `${verbs[j.kind]}: ${text}`);
    else if (!gone && j.state !== "done") giveBack(row, `Stopped: ${text}. What it did not reach is as it was.`);
    else if (rows.length === 1 && ended) mark(row, "gone", `By ${j.created_by}: ${text}`);
    else if (!gone && ended) mark(row, "gone", `Done, by ${j.created_by}`);
  }
  if (!ended) return;
  followed.delete(id);
  tell(`${verbs[j.kind] ?? j.kind}: ${text}.`);
  later();
}
look();

// ---- What colleagues decide. The page says where in the log it was made, so
// that nothing is missed in between; a page that nobody looks at lets go of its
// connection, of which a browser has few.

const page = $("[data-follow]");
let source, last = page?.dataset.follow ?? "";
const names = new Map();

function nameOf(job) {
  if (!names.has(job)) names.set(job, fetch(`/api/v1/jobs/${job}`).then((a) => a.json()).then((j) => j.created_by, () => ""));
  return names.get(job);
}

function listen() {
  source = new EventSource(`/api/v1/events/stream?types=ticket.released,ticket.deleted,ticket.created,ticket.opened&after=${encodeURIComponent(last)}`);
  for (const type of ["ticket.released", "ticket.deleted"]) source.addEventListener(type, (e) => decided(type, e));
  for (const type of ["ticket.created", "ticket.opened"]) source.addEventListener(type, (e) => { last = e.lastEventId || last; later(); });
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) $("#lost").hidden = false; });
}

let latest = ""; // who decided last
async function decided(type, e) {
  last = e.lastEventId || last;
  later();
  const { ticket, job } = JSON.parse(e.data).data;
  const by = job ? await nameOf(job) : "";
  latest = by;
  for (const row of $$(`[data-ticket="${CSS.escape(ticket)}"]`)) {
    mark(row, "gone", `${type === "ticket.released" ? "Released" : "Deleted"}${by ? ` by ${by}` : ""}`);
  }
}

if (page) {
  listen();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source.close();
    else if (source.readyState === EventSource.CLOSED) { listen(); later(); }
  });
}

// later compares the page with how things stand, soon and not too often.
let due = 0;
function later() {
  if (page && $("[data-rows]")) due ||= setTimeout(refresh, 1000);
}

async function refresh() {
  let fresh;
  try {
    const answer = await fetch(location.href);
    if (answer.ok && !answer.redirected) fresh = await parsed(answer);
  } catch { /* with the next event */ }
  due = 0;
  if (!fresh) return;
  const now = new Map($$("[data-row]", fresh).map((row) => [row.dataset.row, row]));
  for (const part of [".top", "#selection > .bar"]) if ($(part) && $(part, fresh)) counts($(part), $(part, fresh));
  for (const row of $$("[data-row]")) {
    const is = now.get(row.dataset.row);
    now.delete(row.dataset.row);
    if (is) compare(row, is);
    else if (waiting(row)) mark(row, "gone", latest ? `Decided by ${latest}` : "No longer held");
  }
  if ($("#news")) $("#news").hidden = now.size === 0;
}

function compare(row, is) {
  counts(row, is);
  row.classList.toggle("seen", is.classList.contains("seen"));
}

function counts(here, there) {
  for (const mine of $$("[data-live]", here)) {
    const theirs = $(`[data-live="${mine.dataset.live}"]`, there);
    if (theirs && mine.textContent !== theirs.textContent) mine.replaceChildren(...theirs.childNodes);
  }
}

// ---- What shows how things stand looks again each half minute, while somebody
// sees it and nothing in it is open, marked or focused.

async function again() {
  const part = $("[data-fresh]");
  if (!part || document.hidden || $("dialog[open], [data-fresh] details[open]") || part.contains(document.activeElement) || !getSelection().isCollapsed) return;
  try {
    const answer = await fetch(location.href);
    const fresh = answer.ok && !answer.redirected && $("[data-fresh]", await parsed(answer));
    if (fresh && part.isConnected && !$("dialog[open]")) part.replaceWith(document.adoptNode(fresh));
  } catch { /* in half a minute */ }
}
setInterval(again, 30000);
document.addEventListener("visibilitychange", again);

document.addEventListener("click", async (e) => {
  const copy = e.target.closest("[data-copy]");
  if (!copy) return;
  const text = copy.previousElementSibling;
  getSelection().selectAllChildren(text);
  try {
    await navigator.clipboard.writeText(text.textContent);
    tell("Copied.");
  } catch {
    tell("Marked: copy it with Ctrl+C.");
  }
});
