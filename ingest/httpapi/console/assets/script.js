// What makes the console quicker for the hands: dialogs in place of pages, and
// keys. live.js follows what happens. Without them every page works all the same.
"use strict";
const $ = (what, of = document) => of.querySelector(what);
const $$ = (what, of = document) => [...of.querySelectorAll(what)];
const tell = (text) => { $("#told").textContent = text; };
const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const asked = async (address) => $("[data-content]", await parsed(await fetch(address, { headers: { Accept: "text/html" } })));

// The server writes times in the reader's zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;

for (const part of $$("[data-only-script], [data-help]")) part.hidden = false;

// ---- Dialogs: a page that asks before something is done, shown over the page.

let asking = false; // a dialog is on its way: keys wait for it
let about = []; // the rows that it is about

async function ask(address, rows = []) {
  if (asking) return;
  asking = true;
  about = rows;
  try {
    const content = await asked(address);
    if (content) show(content);
    else location.href = address;
  } catch {
    tell("The server cannot be reached. Try again in a moment.");
  } finally {
    asking = false;
  }
}

function show(content) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", $("h1, h2", content)?.textContent ?? "");
  fill(dialog, content);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (e) => {
    if (!e.target.closest("[data-cancel]")) return;
    e.preventDefault();
    dialog.close();
  });
  dialog.showModal();
}

function fill(dialog, content) {
  dialog.replaceChildren(document.adoptNode(content));
  $("[autofocus]", dialog)?.focus();
}

document.addEventListener("click", (e) => {
  if (e.target.closest("[data-help]")) return help();
  const link = e.target.closest("a[data-dialog]");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const row = link.closest(".row");
  ask(link.href, row ? [row] : link.closest(".top") ? rows() : []);
});

document.addEventListener("submit", (e) => {
  const form = e.target, button = e.submitter;
  if (button?.hasAttribute("data-dialog")) {
    e.preventDefault();
    pick(form, button);
  } else if (form.closest("dialog") && !("plainly" in form.dataset) && form.matches('[data-order], [action="/lift"]') && $("[data-follow]")) {
    e.preventDefault();
    order(form, button);
  }
});

// An order from the list stays in the list, which shows how far it is.
async function order(form, button) {
  const dialog = form.closest("dialog"), data = new URLSearchParams(new FormData(form, button));
  for (const b of $$("button", form)) b.disabled = true;
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data });
    const page = await parsed(answer), at = new URL(answer.url);
    const job = at.pathname.match(/^\/jobs\/(\d+)$/);
    if (job) return ordered(dialog, job[1], data.get("back"));
    const anew = $("[data-content]", page);
    if (anew) return fill(dialog, anew);
    if (answer.redirected && answer.ok && at.pathname !== "/sign-in") return void (location.href = at);
    plainly(form, button);
  } catch {
    for (const b of $$("button", form)) b.disabled = false;
    complain(dialog, "The server cannot be reached. Press the button again: it is done once.");
  }
}

// What is answered by none of these pages is sent as without a script, for that
// page to be seen: it is done once however often it is sent.
function plainly(form, button) {
  form.dataset.plainly = "";
  for (const b of $$("button", form)) b.disabled = false;
  form.requestSubmit(button);
}

// complain says in a dialog what is wrong: what is behind it nobody hears.
function complain(dialog, text) {
  let place = $(".problem", dialog);
  if (!place) {
    place = document.createElement("p");
    place.className = "problem";
    place.setAttribute("role", "alert");
    dialog.firstElementChild.append(place);
  }
  place.textContent = text;
}

function ordered(dialog, job, back) {
  dialog.close();
  if (!$("[data-rows]")) { location.href = back; return; }
  const work = about;
  document.dispatchEvent(new CustomEvent("ordered", { detail: { job, rows: work } }));
  for (const box of $$("[name=everything], [data-all]")) box.checked = false;
  counted();
  onward(work[work.length - 1]);
}

// ---- Rows: which there are, and which are ticked.

const rows = () => $$("[data-rows] > .row");
const waiting = (row) => !row.matches(".gone, .ordered");
const row = () => document.activeElement?.closest?.(".row");
const boxes = () => $$("[name=ticket]");

// onward puts the focus on the row behind one that is done with.
function onward(done) {
  const list = rows(), at = list.indexOf(done);
  const next = list.slice(at + 1).find(waiting) ?? list.slice(0, Math.max(at, 0)).findLast(waiting);
  (next ?? $("main")).focus();
  next?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const list = rows().filter((r) => waiting(r) || r === row());
  const next = list[row() ? list.indexOf(row()) + by : by > 0 ? 0 : list.length - 1];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function pick(form, button) {
  const data = new FormData(form, button);
  if (data.has("everything")) return ask("/blocked/order?" + new URLSearchParams(data), rows());
  if (!data.has("ticket")) return tell("Select tickets first: tick them, or press x.");
  for (const name of [...data.keys()]) if (!["ticket", "do", "back"].includes(name)) data.delete(name);
  ask("/blocked/order?" + new URLSearchParams(data), boxes().filter((b) => b.checked).map((b) => b.closest(".row")));
}

function counted() {
  if (!$("#picked")) return;
  const n = boxes().filter((b) => b.checked).length;
  const everything = $("[name=everything]");
  $("#picked").textContent = everything?.checked ? "everything that matches" : n ? `${n} selected` : "";
}

document.addEventListener("change", (e) => {
  if (e.target.matches("[data-all]")) for (const box of boxes()) box.checked = e.target.checked;
  counted();
});

// ---- Keys.

const keys = {
  j: () => ($("[data-rows]") ? step(1) : press("j")),
  k: () => ($("[data-rows]") ? step(-1) : press("k")),
  x: () => { const box = row() && $("[name=ticket]", row()); if (box) { box.checked = !box.checked; counted(); } },
  Enter: () => $("a.open", row())?.click(),
  Escape: () => $("[data-back]")?.click(),
  "/": () => $("#find")?.focus(),
  "?": () => help(),
};

// press does what a key stands for: with what is ticked, with the row, or with
// what the page is about.
function press(key) {
  const picked = $(`[data-pick="${key}"]`);
  if (picked && (boxes().some((b) => b.checked) || $("[name=everything]:checked"))) return picked.click();
  const what = `[data-key="${key}"]`;
  (row() ? $(what, row()) : $(`.top ${what}`) ?? $(`aside ${what}`))?.click();
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("dialog[open]")) return;
  if (asking) return e.preventDefault();
  if (e.target.closest?.("input:not([type=checkbox]), select, textarea")) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  if (e.key === "Enter" && (!row() || row() !== document.activeElement)) return;
  const does = keys[e.key] ?? (["r", "a", "d", "b", "u"].includes(e.key) && !e.repeat ? () => press(e.key) : null);
  if (!does) return;
  e.preventDefault();
  does();
});

function help() {
  const content = document.createElement("section");
  content.innerHTML = `<h2>Keys</h2><ul class="plain keys">
    <li><kbd>j</kbd> <kbd>k</kbd> next, previous</li><li><kbd>Enter</kbd> open</li><li><kbd>x</kbd> select</li>
    <li><kbd>r</kbd> release</li><li><kbd>a</kbd> release and allow</li><li><kbd>d</kbd> delete</li><li><kbd>b</kbd> delete and ban</li>
    <li><kbd>u</kbd> unblock and release</li><li><kbd>/</kbd> search</li><li><kbd>Esc</kbd> close, or back to the list</li></ul>
    <p class="soft">They are for the row that is marked, for what is selected, or for what the page is about. Each asks first.</p>
    <form method="dialog"><button class="main" autofocus>Close</button></form>`;
  show(content);
}
