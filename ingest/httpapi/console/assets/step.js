// A form that asks step by step: what is chosen brings the next step in place.
// Without this script its button does.
let steps = 0; // taken: what a slower answer says of an earlier one is of no use

const typed = (content) => $$("form[data-kept] input:not([type=hidden], [type=checkbox])", content);

async function goOn(content, address) {
  const taken = ++steps;
  let next;
  try {
    next = await asked(address);
  } catch {
    return tell("The server cannot be reached. Try again in a moment.");
  }
  if (taken !== steps || !content.isConnected) return;
  if (next) replace(content, next);
  else location.href = address;
}

// What was typed below stays while the choice above changes, and so does the focus.
function replace(content, next) {
  const { name, value, type } = document.activeElement ?? {};
  const inside = content.contains(document.activeElement);
  const said = new Map(typed(content).map((e) => [e.name, e.value]));
  content.replaceChildren(...document.adoptNode(next).childNodes);
  for (const e of typed(content)) if (said.has(e.name)) e.value = said.get(e.name);
  if (!inside) return;
  const same = (e) => (name ? e.name === name && (type !== "radio" || e.value === value) && e.type === type : e.type === type);
  $$("input, select, textarea, button", content).find(same)?.focus();
}

const choice = (form) => form.action + "?" + new URLSearchParams(new FormData(form));

document.addEventListener("change", (e) => {
  const form = e.target.closest("form[data-step]");
  if (form?.checkValidity()) goOn(form.closest("[data-content]"), choice(form));
});
document.addEventListener("submit", (e) => {
  if (!e.target.matches("form[data-step]")) return;
  e.preventDefault();
  goOn(e.target.closest("[data-content]"), choice(e.target));
});
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-step]");
  if (!link) return;
  e.preventDefault();
  goOn(link.closest("[data-content]"), link.href);
});
