// What pages do better with a script; each of them works without it.
"use strict";

// A filter's form is sent as soon as something is chosen in it.
for (const form of document.querySelectorAll("form[data-sends-itself]")) {
  for (const choice of form.querySelectorAll("select")) {
    choice.addEventListener("change", () => form.requestSubmit());
  }
}

// A part of a page that is still changing is read again until it says that it has ended.
for (const part of document.querySelectorAll("[data-follows]")) {
  const seconds = Number(part.dataset.seconds || "2");
  const look = async () => {
    const answer = await fetch(part.dataset.follows, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (!fresh) return window.location.reload();
    part.replaceChildren(...fresh.childNodes);
    if (fresh.dataset.follows) window.setTimeout(look, seconds * 1000);
    else window.location.reload();
  };
  window.setTimeout(look, seconds * 1000);
}

// A form that is being tried tells what came of it beside the button, without leaving the page.
for (const button of document.querySelectorAll("button[data-tries]")) {
  button.addEventListener("click", async (event) => {
    const place = document.getElementById(button.dataset.tries);
    if (!place || !button.form.reportValidity()) return;
    event.preventDefault();
    const sent = new FormData(button.form, button);
    button.disabled = true;
    const answer = await fetch(button.formAction, { method: "POST", body: sent }).finally(() => {
      button.disabled = false;
    });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = fresh.getElementById(place.id) || fresh.querySelector("main");
    place.replaceChildren(...part.childNodes);
  });
}

// The error summary is read out first.
const summary = document.getElementById("error-summary");
if (summary) summary.focus();
