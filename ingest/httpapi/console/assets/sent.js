// What was sent when the session was over, while its person signs in elsewhere. This
// tab alone keeps it, until somebody is signed in: the server then asks them whether
// to send it, or says that it is not theirs.
"use strict";
document.addEventListener("click", (e) => {
  const form = e.target.closest("[data-elsewhere]") && $("form[data-sent]");
  if (form) sessionStorage.setItem("sent", new URLSearchParams(new FormData(form)));
});

const left = sessionStorage.getItem("sent");
if (left && $("header .me")) {
  sessionStorage.removeItem("sent");
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sent";
  for (const [name, value] of new URLSearchParams(left)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
