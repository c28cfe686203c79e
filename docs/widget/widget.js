// A chat widget for the door of a Gatehouse chat channel: an example to build on. What a visitor writes is kept in their
// browser until the door has acknowledged it, and sent again under the same id until then.
// Answers are the help desk's to bring: its own script calls gatehouse.reply(text).
"use strict";
(() => {
  const { door, visitorHash, name, email, emailHash, visitor: known } = document.currentScript.dataset;
  const typingPause = 3000, askEvery = 20000; // milliseconds
  let store = {}; // of a browser that keeps nothing
  try { store = localStorage; } catch { /* it forgets with the page */ }
  const visitor = known || (store["gatehouse:visitor"] ??= crypto.randomUUID());
  const locale = document.documentElement.lang || navigator.language;
  const files = new Map(); // by message id; no page hands them to the next

  // What is seen.
  const el = (tag, props, ...inner) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...inner);
    return e;
  };
  const log = el("ol", { role: "log", ariaLabel: "Messages" });
  const text = el("textarea", { rows: 2, maxLength: 5000, ariaLabel: "Your message", placeholder: "Your message" });
  const attach = el("input", { type: "file", multiple: true, ariaLabel: "Files" });
  const form = el("form", {}, text, attach, el("button", { type: "submit", textContent: "Send" }));
  const notice = el("p", { role: "status", hidden: true });
  const panel = el("section", { id: "gatehouse-panel", hidden: true, ariaLabel: "Chat" }, log, notice, form);
  const opener = el("button", { type: "button", className: "opener", textContent: "Chat", ariaExpanded: "false" });
  opener.setAttribute("aria-controls", panel.id);
  const widget = el("aside", { className: "gatehouse", hidden: true, ariaLabel: "Chat with us" }, panel, opener);
  const style = new CSSStyleSheet();
  style.replaceSync(`
    .gatehouse { position: fixed; right: 1rem; bottom: 1rem; width: min(22rem, 100vw - 2rem); font: 1rem/1.4 system-ui, sans-serif; text-align: right }
    .gatehouse [hidden], .gatehouse[hidden] { display: none }
    .gatehouse section { background: #fff; color: #1b1b1f; border: 1px solid #8a8a94; border-radius: .75rem; padding: .75rem; margin-bottom: .5rem; text-align: left; box-shadow: 0 4px 16px #0003 }
    .gatehouse ol { list-style: none; margin: 0 0 .5rem; padding: 0; max-height: 40vh; overflow-y: auto }
    .gatehouse li { background: #e3ecfb; border-radius: .5rem; padding: .375rem .625rem; margin: .25rem 0 .25rem 2rem; overflow-wrap: anywhere; white-space: pre-wrap }
    .gatehouse li.reply { background: #ededf0; margin: .25rem 2rem .25rem 0 }
    .gatehouse li small { display: block; color: #55555e }
    .gatehouse form { display: grid; gap: .5rem }
    .gatehouse textarea, .gatehouse button { font: inherit; padding: .5rem; border-radius: .5rem; border: 1px solid #8a8a94; box-sizing: border-box; width: 100% }
    .gatehouse button { background: #1d4fa8; color: #fff; border: 0; cursor: pointer }
    .gatehouse .opener { width: auto; padding: .5rem 1.25rem }
    .gatehouse :focus-visible { outline: 3px solid #e08a00; outline-offset: 2px }`);
  document.adoptedStyleSheets.push(style);

  const show = (words, of = {}) => {
    const line = el("li", { className: of.id ? "" : "reply" }, words, el("small"));
    if (of.id) line.dataset.id = of.id;
    log.append(line);
    log.scrollTop = log.scrollHeight;
  };
  const mark = (id, says) => {
    const line = log.querySelector(`[data-id="${id}"] small`);
    if (line) line.textContent = says;
  };

  // What waits to be acknowledged: one entry each, so that several tabs do not undo each other's.
  const prefix = "gatehouse:out:";
  const waiting = () => Object.keys(store).filter((k) => k.startsWith(prefix)).map((k) => JSON.parse(store[k])).sort((a, b) => a.at - b.at);
  const here = () => ({ url: location.href, title: document.title, referrer: document.referrer });
  let last = 0;
  const write = (words, attached) => {
    const id = crypto.randomUUID();
    if (attached.length) files.set(id, attached);
    const m = { id, at: (last = Math.max(Date.now(), last + 1)), text: words, page: here(), files: attached.map((f) => f.name) };
    store[prefix + id] = JSON.stringify(m);
    list(m);
    flush();
  };
  const list = (m) => {
    show([m.text, ...m.files].filter(Boolean).join("\n"), m);
    mark(m.id, "waiting");
  };

  // In the order in which they were written, one at a time.
  let sending = false, pause = 1;
  const flush = async () => {
    if (sending) return;
    sending = true;
    for (let m; (m = waiting()[0]);) {
      const seconds = await send(m).catch(() => (pause = Math.min(2 * pause, 30)));
      if (seconds) {
        setTimeout(flush, 1000 * seconds);
        break;
      }
    }
    sending = false;
  };
  // Sends a message; says in how many seconds to try again, or 0 when that is not needed. The door is away: an error.
  const send = async (m) => {
    if (m.files.length && !files.has(m.id)) return done(m, "not sent: please attach the files again");
    const { id, text, page } = m, time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const body = new FormData();
    body.append("message", JSON.stringify({ id, visitor_id: visitor, visitor_hash: visitorHash, name, email, email_hash: emailHash,
      text, page, locale, time_zone, widget: "example" }));
    for (const f of files.get(id) ?? []) body.append("files", f, f.name);
    const answer = await fetch(`${door}/messages`, { method: "POST", body });
    if (answer.status === 429 || answer.status >= 500) return Number(answer.headers.get("Retry-After")) || 5;
    pause = 1;
    if (answer.ok) return done(m, "sent");
    const why = await answer.json();
    if (why.reason === "banned") ask();
    return done(m, ["not sent", ...(why.errors ?? []).map((e) => `${e.field} ${e.says}`), why.detail].filter(Boolean).join(": "));
  };
  const done = (m, says) => {
    delete store[prefix + m.id];
    files.delete(m.id);
    mark(m.id, says);
    return 0;
  };

  // Whether the visitor may write, and what they are shown if not. Where nobody answers they may: it is kept until then.
  const ask = async () => {
    const query = new URLSearchParams({ visitor_id: visitor, locale, ...(visitorHash && { visitor_hash: visitorHash }) });
    const answer = await fetch(`${door}/standing?${query}`).catch(() => null);
    const standing = answer?.ok ? await answer.json() : { widget: widget.dataset.shows ?? "show", notice: notice.textContent };
    widget.dataset.shows = standing.widget;
    notice.textContent = standing.notice ?? "";
    form.hidden = standing.widget !== "show";
    notice.hidden = !form.hidden;
    widget.hidden = standing.widget === "hide" || (standing.widget === "notice" && !standing.notice);
  };

  // What passes: nothing is lost if it is not heard.
  const signal = (type, data) => {
    if (widget.hidden || form.hidden) return;
    const body = JSON.stringify({ visitor_id: visitor, visitor_hash: visitorHash, type, data });
    fetch(`${door}/signals`, { method: "POST", body, keepalive: true }).catch(() => {});
  };
  let typed = 0;
  text.addEventListener("input", () => {
    if (Date.now() - typed < typingPause) return;
    typed = Date.now();
    signal("typing");
  });

  const toggle = (open) => {
    panel.hidden = !open;
    opener.ariaExpanded = String(open);
    (open ? text : opener).focus();
  };
  opener.addEventListener("click", () => toggle(panel.hidden));
  panel.addEventListener("keydown", (e) => {
    if (e.key === "Escape") toggle(false);
    if (e.key === "Enter" && e.target === text && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const words = text.value.trim();
    if (!words && !attach.files.length) return;
    write(words, [...attach.files]);
    form.reset();
    typed = 0;
  });
  addEventListener("beforeunload", (e) => { if (files.size) e.preventDefault(); });
  addEventListener("focus", ask);
  addEventListener("online", flush);
  globalThis.navigation?.addEventListener("navigatesuccess", () => signal("page", here()));

  document.body.append(widget);
  waiting().forEach(list);
  ask().then(() => signal("page", here()));
  setInterval(ask, askEvery);
  flush();
  globalThis.gatehouse = { reply: (words) => show(words) };
})();
