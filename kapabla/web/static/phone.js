// What a page does on somebody's own telephone: gives the worker its kit, says where answers are, fetches the parts,
// and removes everything. Loaded only there (participant.js); every page works without it.
(() => {
  "use strict";
  const workers = navigator.serviceWorker, { device, worker } = document.body.dataset, wipe = window.kapablaWipe;
  if (!workers || !window.caches || !window.indexedDB) return;
  // Once more a moment later: what the worker was about to write when it was told may have come after.
  if (/shared|kiosk/.test(device)) { wipe().then(() => setTimeout(wipe, 1000)); return; }

  const json = (name) => {
    const found = document.querySelector(`[data-${name}]`);
    return found && JSON.parse(found.textContent);
  };

  // Asks the worker and waits for its word.
  const ask = async (data) => {
    const { active } = await workers.ready;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => resolve(event.data);
      active.postMessage(data, [port2]);
    });
  };

  // --- Where answers are now (B09) ---

  let saving = "", timer = 0;
  const place = ["main .buttons", "main form > .button", "main .button:not(.card *)", "main h1"]
    .map((one) => document.querySelector(one)).find(Boolean); // Under the main button, or else the heading.
  const shown = document.createElement("div");
  if (place) place.after(shown);
  function show(html) {
    const drawn = document.createElement("div");
    drawn.innerHTML = html || "";
    const next = drawn.firstElementChild, now = shown.firstElementChild;
    if (next && now) now.replaceChildren(...next.childNodes); // The same line goes on being the status that is read out.
    else shown.replaceChildren(...drawn.childNodes);
  }
  function take(state) {
    saving = state.saving || saving;
    show(state.line);
    if (state.told) ask({ do: "read" });
    clearTimeout(timer);
    if (state.again && navigator.onLine) timer = setTimeout(() => send(), state.again);
  }
  const send = (fresh) => ask({ do: "send", fresh }).then(take);
  workers.addEventListener("message", ({ data }) => {
    if (device !== "own") return;
    const form = data.name === "coverage" && document.querySelector("form[data-offline]");
    show(data.line);
    if (form && shown.firstElementChild) shown.querySelector("span").textContent = form.dataset.offline;
  });

  document.addEventListener("submit", ({ target }) => {
    if (target.method !== "post" || !/^\/(fragor|delar)\//.test(target.getAttribute("action"))) return;
    const seconds = document.createElement("input");
    seconds.type = "hidden"; seconds.name = "sekunder"; seconds.value = Math.round(performance.now() / 1000);
    target.append(seconds);
    show(saving);
  });

  async function begin() {
    if (device === "own") {
      // Its address changes with its content: it need not be asked for again at each page.
      const registered = await workers.register(worker, { scope: "/", updateViaCache: "all" });
      await ask({ do: "here" });
      const kit = json("kit");
      if (kit) {
        if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
        await ask({ do: "kit", kit });
      }
      const state = await ask({ do: "state" });
      take(state);
      if (state.waiting) send(true);
      // A new build takes over when nothing waits, at the next page and never under the reader (B12).
      if (registered.waiting && !state.again) registered.waiting.postMessage({ do: "take over" });
      offerParts(kit);
    } else {
      // A page for everybody says nothing of what waits, but the way in does when it is needed.
      const state = await ask({ do: "send" });
      if (state.name === "login" && /^\/k$/.test(location.pathname)) show(state.line);
    }
    addEventListener("online", () => send(true));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) send(true); });
    offerRemoval();
  }

  // --- "Hämta till telefonen" (P11) ---

  async function offerParts(kit) {
    const box = document.querySelector("[data-fetch]");
    if (!box || !kit) return;
    const address = box.dataset.fetch, [text, button, said] = box.children;
    const done = () => { text.hidden = button.hidden = true; said.textContent = said.dataset.fetched; box.hidden = false; };
    if (await caches.match(address)) { done(); return; }
    const size = Number((await fetch(address, { method: "HEAD" })).headers.get("Content-Length"));
    text.textContent = text.textContent.replace("{size}", `${Math.ceil(size / 1000)}\u00a0kB`);
    box.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await fetchParts(address, (n, total) => {
          said.textContent = said.dataset.fetching.replace("{n}", n).replace("{total}", total);
        });
        done();
      } catch (error) {
        said.textContent = error.name === "QuotaExceededError" ? said.dataset.full : said.dataset.failed;
        button.disabled = false;
      }
    });
  }

  // A line is a part; the first says how many there are.
  async function fetchParts(address, tell) {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error("gone");
    const reader = reply.body.getReader(), decoder = new TextDecoder();
    let text = "", total = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const lines = text.split("\n");
      if (!total && lines.length > 1) total = JSON.parse(lines[0]).modules;
      if (total) tell(Math.max(lines.length - 2, 0), total);
    }
    await (await caches.open("paket")).put(address, new Response(text, { headers: { "Content-Type": "application/x-ndjson" } }));
  }

  // --- "Ta bort allt från telefonen" (S09) ---

  function offerRemoval() {
    const box = document.querySelector("[data-remove]");
    if (!box) return;
    const button = box.querySelector("button"), warning = box.querySelector("[data-remove-waiting]");
    const said = box.querySelector("[data-remove-done]"), token = box.querySelector("[name=csrf]").value;
    box.hidden = false;
    button.addEventListener("click", async () => {
      if (warning.hidden && (await ask({ do: "state" })).waiting) { warning.hidden = false; return; }
      await wipe();
      // Nothing is kept here from now on. Without coverage the visit ends instead, and the next one asks anew (P3).
      const body = new URLSearchParams({ csrf: token, telefon: "delad" });
      const kept = token && (await fetch("/start/telefon", { method: "POST", body }).catch(() => null));
      const isUnsaved = !kept && document.querySelector("main form[data-offline] :checked");
      if (!kept) document.cookie = "kx=; Max-Age=0; Path=/; SameSite=Lax";
      show("");
      warning.hidden = button.hidden = true;
      said.textContent = said.dataset.removeDone + (isUnsaved ? ` ${said.dataset.removeUnsaved}` : "");
    });
  }

  // --- "Ja, eller jag vet inte" where answers wait: it is said before they go (P3) ---

  function warnOfForgetting() {
    const form = document.querySelector("form[data-waiting]");
    if (!form) return;
    let isAsked = false;
    form.addEventListener("submit", async (event) => {
      if (isAsked || form.elements.telefon.value !== "delad") return;
      event.preventDefault();
      isAsked = true;
      const isKept = await workers.getRegistration();
      if (!isKept || !(await ask({ do: "state" })).waiting) { form.requestSubmit(); return; }
      const said = document.createElement("p");
      said.className = "note warn"; said.setAttribute("role", "alert"); said.textContent = form.dataset.waiting;
      form.querySelector("button").before(said);
    });
  }

  warnOfForgetting(); // Before anything is waited for: who presses at once is warned too.
  begin();
})();
