/*
 * Asks the browser for a passkey, or to make one, and sends what it answers in the form around the button.
 * Without this script, or in a browser that has no passkeys, the form stays hidden: a password and a code do the same.
 */
"use strict";

(() => {
  const api = window.PublicKeyCredential;
  if (!api?.parseRequestOptionsFromJSON) return;

  const ask = (form) => {
    const { publicKey } = JSON.parse(form.dataset.options);
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: api.parseRequestOptionsFromJSON(publicKey) });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const credential = await ask(form);
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        failed.hidden = false;
        failed.focus();
      }
    });
  }
})();
