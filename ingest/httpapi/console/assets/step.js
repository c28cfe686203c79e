// A form that asks step by step: what is chosen brings the next step in place.
// Without this script its button does.
"use strict";
const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "key");

async function goOn(content, address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-content]");
  if (!next || !content.isConnected) { if (!next) location.href = address; return; }
  const { name, value, type } = document.activeElement ?? {};
  const inside = content.contains(document.activeElement);
  content.replaceChildren(...document.adoptNode(next).childNodes);
  content.querySelector("[data-cancel]")?.addEventListener("click", (e) => {
    const dialog = content.closest("dialog");
    if (dialog) { e.preventDefault(); dialog.close(); }
  });
  if (!inside) return;
  const same = [...content.querySelectorAll("input, select, textarea, button")].find((e) => (name ? e.name === name && (type !== "radio" || e.value === value) : e.type === type));
  (same ?? content.querySelector("h1"))?.focus();
}

// What was typed below stays while the choice above changes.
function asked(form) {
  const query = new URLSearchParams(fieldsOf(form));
  const kept = form.closest("[data-content]").querySelector("form[data-kept]");
  for (const [name, value] of kept ? fieldsOf(kept) : []) if (!query.has(name) && kept.elements[name].type !== "hidden") query.set(name, value);
  return form.action + "?" + query;
}

document.addEventListener("change", (e) => {
  const form = e.target.closest("form[data-step]");
  if (form?.checkValidity()) goOn(form.closest("[data-content]"), asked(form));
});
document.addEventListener("submit", (e) => {
  if (!e.target.matches("form[data-step]")) return;
  e.preventDefault();
  goOn(e.target.closest("[data-content]"), asked(e.target));
});
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-step]");
  if (!link) return;
  e.preventDefault();
  goOn(link.closest("[data-content]"), link.href);
});
