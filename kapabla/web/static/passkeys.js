// Asks the device for a key (WebAuthn) and sends what it answers. Nothing else on the page needs this file.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const decoded = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const publicKey = (options) => {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) asked.excludeCredentials = decoded(options.excludeCredentials);
    if (options.allowCredentials) asked.allowCredentials = decoded(options.allowCredentials);
    return asked;
  };

  const answer = (key) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-passkey-failed]");
    if (!window.PublicKeyCredential) {
      form.querySelector("[data-passkey-none]").hidden = false;
      continue;
    }
    const options = JSON.parse(form.querySelector("script").textContent);
    const ask = async () => {
      failed.hidden = true;
      const key = await navigator.credentials[form.dataset.passkey]({ publicKey: publicKey(options) });
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = form.dataset.passkeyField;
      field.value = answer(key);
      form.append(field);
      form.submit();
    };
    form.querySelector("[data-passkey-button]").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask().catch(() => {
        failed.hidden = false;
      });
    });
    // Whoever came here pressed a button for it. A browser that wants another press gets it.
    if ("passkeyAtOnce" in form.dataset) ask().catch(() => {});
  }
})();
