// Instant exit, and small comforts. Every page works without this file.
(() => {
  "use strict";
  const exit = document.querySelector("[data-exit]");
  const status = document.querySelector("[data-exit-status]");
  const away = exit && exit.dataset.neutral;
  const words = status ? status.dataset : {}; // In the language of the page.
  const { device } = document.body.dataset, workers = navigator.serviceWorker;
  // On somebody's own telephone sealed answers may wait; anywhere else nothing is kept (S09). A page that was fetched
  // past the worker has it all the same.
  let registered = null, leaving = false;
  if (workers) workers.getRegistration().then((found) => { registered = found; }).catch(() => {});
  const worker = () => workers && (workers.controller || (registered && registered.active));
  const keeps = () => worker() && !/shared|kiosk/.test(device);

  // The worker, what it has kept, and whatever else of ours a browser can hold.
  function wipe() {
    const gone = [];
    if (workers) gone.push(workers.getRegistrations().then((all) => Promise.all(all.map((one) => {
      if (one.active) one.active.postMessage({ do: "remove" });
      return one.unregister();
    }))));
    if (window.caches) gone.push(caches.keys().then((all) => Promise.all(all.map((name) => caches.delete(name)))));
    if (window.indexedDB) gone.push(new Promise((resolve) => {
      const asked = indexedDB.deleteDatabase("k");
      asked.onsuccess = asked.onerror = asked.onblocked = resolve;
    }));
    return Promise.all(gone).catch(() => {});
  }

  // A session without its companion is dead, whether or not the server hears of it (S06).
  const endHere = () => { document.cookie = "kx=; Max-Age=0; Path=/; SameSite=Lax"; };

  // The other tabs go with the one that is left.
  const tabs = exit && window.BroadcastChannel && new BroadcastChannel("lamna");
  if (tabs) tabs.onmessage = () => leave();

  // In this order (S03): nothing sensitive on screen, the session dead here, the session dead there, away.
  function leave() {
    if (!leaving) {
      leaving = true;
      const cover = document.createElement("div");
      cover.className = "exit-cover";
      cover.setAttribute("role", "status");
      cover.innerHTML = '<span class="visually-hidden"></span>';
      cover.firstChild.textContent = words.cover || "";
      document.body.appendChild(cover);
      for (const part of document.body.children) if (part !== cover) part.hidden = true;
      document.title = words.title || "–";
      endHere();
      if (tabs) tabs.postMessage("left");
      if (keeps()) worker().postMessage({ do: "left" }); else wipe();
      const body = keeps() ? new URLSearchParams({ telefon: "egen" }) : null;
      fetch("/lamna", { method: "POST", keepalive: true, body }).catch(() => {});
      // A stopped load leaves the cover up; ask again.
      setTimeout(leave, 1000);
      setTimeout(leave, 3000);
    }
    location.replace(away);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("[data-exit]")) {
      event.preventDefault();
      leave();
    }
  });

  // Three presses of Esc, or of Shift, alone and within five seconds of each other (S04). Shift that makes a capital
  // letter, or goes with Tab or the mouse, is not alone.
  let presses = 0, key = "", last = 0, alone = false, forget = 0;
  const say = (text) => {
    if (!status) return;
    status.textContent = text;
    status.dataset.dots = "●".repeat(presses) + "○".repeat(3 - presses);
  };
  const reset = () => { if (presses) { presses = 0; say(""); } };
  document.addEventListener("keydown", (event) => {
    alone = (event.key === "Escape" || event.key === "Shift") && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (document.querySelector("dialog[open]")) alone = false; // It takes its first Esc itself.
    if (!alone) reset();
  });
  document.addEventListener("pointerdown", () => { alone = false; reset(); });
  document.addEventListener("keyup", (event) => {
    if (!exit || !alone || (event.key !== "Escape" && event.key !== "Shift")) return;
    const now = Date.now();
    if (event.key !== key || now - last > 5000) presses = 0;
    key = event.key; last = now; presses += 1;
    if (presses >= 3) { event.preventDefault(); leave(); return; }
    clearTimeout(forget);
    forget = setTimeout(reset, 5000);
    say(presses === 1 ? words.twice : words.once);
  });

  // A page that comes back from the browser's memory may belong to somebody who has left (S05).
  addEventListener("pageshow", (event) => {
    if (event.persisted) { document.documentElement.hidden = true; location.reload(); }
  });

  // Before the session ends there is a way to stay (S08).
  const stay = document.querySelector("[data-warn-after]");
  if (stay) {
    const wait = () => setTimeout(() => { stay.hidden = false; }, stay.dataset.warnAfter * 1000);
    stay.querySelector("button").addEventListener("click", () => {
      fetch("/kvar").then((reply) => {
        if (!reply.ok || reply.redirected) { location.reload(); return; }
        stay.hidden = true;
        document.querySelector("main").focus(); // The button that had it is gone.
        wait();
      }).catch(() => {});
    });
    wait();
  }

  // A shared computer: who does nothing for four minutes is asked, and after one more the next person meets the door.
  // Whoever reads or writes without sending anything is here all the same: the server is told so once a minute.
  if (words.idle) {
    const minute = 60000;
    let active = Date.now(), told = active;
    const here = () => {
      if (Date.now() - active >= 4 * minute) status.textContent = "";
      active = Date.now();
      if (active - told < minute || !document.cookie.includes("kx=")) return;
      told = active;
      fetch("/paus", { method: "HEAD" }).catch(() => {});
    };
    for (const sign of ["keydown", "pointerdown", "pointermove", "scroll"]) addEventListener(sign, here, { passive: true });
    setInterval(() => {
      const quiet = Date.now() - active;
      if (quiet >= 5 * minute) {
        document.documentElement.hidden = true;
        document.cookie = "kx=; Max-Age=0; Path=/; SameSite=Lax";
        fetch("/lamna", { method: "POST", keepalive: true }).catch(() => {});
        location.replace("/k");
      } else if (quiet >= 4 * minute && !status.textContent) {
        status.dataset.dots = "";
        status.textContent = words.idle;
      }
    }, 1000);
  }

  // What is only for a telephone of one's own is loaded there alone.
  if (device || keeps()) {
    const phone = document.createElement("script");
    phone.src = document.currentScript.dataset.phone;
    window.kapablaWipe = wipe;
    document.head.appendChild(phone);
  }

  // Without coverage, and without a worker that can keep what is filled in: it stays where it is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") === "/logga-ut-deltagare" && !navigator.onLine) endHere();
    if (navigator.onLine || (keeps() && workers.controller) || form.method !== "post") return;
    event.preventDefault();
    const said = form.querySelector("[data-said]") || document.createElement("p");
    said.className = "status-line"; said.dataset.said = ""; said.setAttribute("role", "status");
    form.append(said);
    said.textContent = form.dataset.offline || words.offline;
  });

  // A page that came as the reply to a form is from now on its address: Back and reload ask for it, and send nothing.
  history.replaceState(null, "", location.href);

  // What has to be mended, or has come of what was sent, is where one is.
  const said = document.querySelector("[data-error-summary], .note:is(#svar, #hoppat, #visar, #fler)");
  if (said) { said.tabIndex = -1; said.focus(); }

  // A slider beside a number field. The field alone is the answer: until one is touched there is none.
  for (const slider of document.querySelectorAll("[data-slider]")) {
    const field = document.getElementById(slider.dataset.slider);
    const none = slider.parentElement.querySelector("[data-slider-none]");
    const show = () => {
      const blank = field.value.trim() === "";
      if (!blank) slider.value = Number(field.value.replace(",", "."));
      slider.setAttribute("aria-valuetext", blank ? slider.dataset.none : field.value);
      slider.classList.toggle("untouched", blank);
      none.hidden = !blank;
    };
    const take = () => { field.value = slider.value; show(); };
    slider.addEventListener("input", take);
    slider.addEventListener("click", take); // The middle, where it stands already, is an answer too.
    field.addEventListener("input", show);
    slider.parentElement.hidden = false;
    show();
  }

  // Choices 2 and 3 are asked only of those who said yes to 1.
  const choices = document.querySelector("[data-choices]");
  if (choices) {
    const update = () => {
      const yes = choices.querySelector('input[name="val1"][value="ja"]').checked;
      for (const part of choices.querySelectorAll("[data-needs-yes]")) part.hidden = !yes;
    };
    choices.addEventListener("change", update);
    update();
  }
})();
