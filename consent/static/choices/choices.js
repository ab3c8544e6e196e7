/*
 * Makes an answer smoother: no page is loaded again, and an answer that could not be kept says so beside its button.
 * Without this script the same forms are sent by the browser, to the same addresses, with the same result.
 * Answers leave one after the other, even when the visitor leaves the page, so the last one given is the one that stays.
 */
"use strict";

(() => {
  let turn = 0, last = Promise.resolve();

  const post = (address, body) => fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
    keepalive: true,
    redirect: "error",
    signal: AbortSignal.timeout(15000),
  }).then((answer) => answer.status, () => 0);

  const load = (address) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document"; // the browser parses it, so no markup can be injected
    request.onloadend = () => resolve(request.status === 200 && request.response?.querySelector("main"));
    request.send();
  });

  const say = (role, words) => {
    const line = document.createElement("p");
    line.setAttribute("role", role);
    line.tabIndex = -1;
    line.textContent = words;
    return line;
  };

  const finish = (form) => {
    const line = say("status", form.dataset.kept), band = form.parentElement;
    for (const name of ["id", "aria-labelledby"]) band.removeAttribute(name); // it is no question any more
    form.replaceWith(line);
    return line;
  };

  const renew = async () => {
    const main = document.querySelector("main"), fresh = await load("?kept");
    if (!fresh) return location.assign("?kept");
    main.replaceChildren(...document.adoptNode(fresh).childNodes);
    return main.querySelector("[role=status]") || main;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.dataset.failed || form.dataset.plain) return;
    event.preventDefault();
    const mine = ++turn, body = new URLSearchParams(new FormData(form));
    const address = button?.getAttribute("formaction") || form.action;
    form.querySelector("[role=alert]")?.remove();
    form.setAttribute("aria-busy", "true");
    last = last.then(() => post(address, body));
    const status = await last;
    if (mine !== turn) return;
    form.removeAttribute("aria-busy");
    let line;
    if (status === 204) {
      line = await (form.closest("#choices") ? finish(form) : renew());
    } else if (status === 409) { // the question changed meanwhile: the full page says so
      form.dataset.plain = "1";
      form.requestSubmit(button);
    } else {
      line = say("alert", form.dataset.failed);
      (button?.closest(".actions") || form.lastElementChild).after(line);
    }
    line?.focus();
  });
})();
