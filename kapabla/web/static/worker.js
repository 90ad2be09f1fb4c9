// The worker of somebody's own telephone. It shows what was fetched where there is no coverage, seals what is answered
// then, and sends it in order. It keeps no page of a person, and nothing that this telephone could read back.
"use strict";

const DATABASE = "k", PACKAGES = "paket", NO_COVERAGE = "/utan-tackning";
const MOST_AT_ONCE = 20, MOST_CHARACTERS = 50000;
const READ_WITHIN = 3000, SAVE_WITHIN = 8000, OLD = 3 * 24 * 3600 * 1000;
// Never handled here: leaving, signing in, other people's sides, and what the script itself asks for.
const NOT_OURS = /^\/(admin|api|avanmal|enkat|forskning|k|ko|lamna|logga-in|logga-ut|n|paket|s|vader)(\/|$)/;
const SAVES = /^\/(fragor\/[a-z0-9]+\/(\d+|skicka)|delar\/\d+\/\d+)$/;
const FORM = "application/x-www-form-urlencoded";

let gone = false; // Everything was removed: nothing may be made anew.
let lastSaved = 0; // In memory alone, as all that tells of a time.
const unpacked = {};

// --- What is kept: the sealed queue, and the kit that a page has given ---

function openDatabase() {
  return new Promise((resolve, reject) => {
    // What was under way when everything was removed may not bring the database back by asking for it.
    if (gone) { reject(new Error("gone")); return; }
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("ko", { keyPath: "seq", autoIncrement: true });
      asked.result.createObjectStore("m");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function using(store, mode, ask) {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

async function openCache(name) {
  if (gone) throw new Error("gone");
  return caches.open(name);
}

// A telephone whose storage is blocked has nothing here, and goes on with the network alone.
const recall = (name) => using("m", "readonly", (store) => store.get(name)).catch(() => undefined);
const waiting = () => using("ko", "readonly", (store) => store.getAll()).catch(() => []);
const remember = (name, value) => using("m", "readwrite", (store) => store.put(value, name));
const isOpen = async () => !(await recall("left")) && !(await recall("ended")) && (await recall("kit"));

// Two people may use one telephone, each in their own time. What waits is sent as hers who wrote it, and told to her
// alone. `owner` is a word of the server's for one person, which says nothing of who.
const here = async () => ((await recall("kit")) || {}).owner;
const senderOf = async (owner) => (await recall(`sender ${owner}`)) || {};
const note = async (owner, values) => remember(`sender ${owner}`, { ...(await senderOf(owner)), ...values });

async function waitingOf(owner) {
  return (await waiting()).filter((record) => record.owner === owner);
}

async function sendable() {
  const queue = await waiting(), senders = {};
  for (const { owner } of queue) senders[owner] = senders[owner] || (await senderOf(owner));
  return queue.filter(({ owner }) => senders[owner].token && !senders[owner].login);
}

// --- Pages from packages ---

async function unpack(address) {
  if (address && !unpacked[address]) {
    const kept = await caches.match(address);
    if (!kept) return null;
    const whole = {};
    for (const line of (await kept.text()).trim().split("\n")) {
      for (const [name, part] of Object.entries(JSON.parse(line))) {
        const isMap = part && typeof part === "object" && !Array.isArray(part);
        whole[name] = isMap ? Object.assign(whole[name] || {}, part) : part;
      }
    }
    unpacked[address] = whole;
  }
  return unpacked[address];
}

async function findPage(address, change = (main) => main) {
  const kit = await isOpen();
  if (!kit) return null;
  for (const found of [await unpack(kit.questions), await unpack(kit.course)]) {
    const page = found && found.pages[address];
    if (page) {
      const [language, title, main] = page;
      const written = change(main).replaceAll("{nyckel}", crypto.randomUUID());
      return asPage(found.frames[language].replace("{title}", () => title).replace("{main}", () => written));
    }
  }
  return null;
}

// With the very headers of a page of the server: the same closed policy, and never stored.
async function asPage(html) {
  const headers = new Headers((await caches.match(NO_COVERAGE)).headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(html, { headers });
}

async function noCoverage() {
  const kept = await caches.match(NO_COVERAGE);
  if (!kept) return Response.error();
  const kit = await isOpen(), html = await kept.text();
  return asPage(kit && kit.course && (await caches.match(kit.course)) ? html.replace("data-fetched hidden", "data-fetched") : html);
}

const goTo = (address) => Response.redirect(address, 303);

// --- Reading: the network first, and what is here where it does not answer ---

const late = (time) => new Promise((_, reject) => { setTimeout(() => reject(new Error("late")), time); });
const within = (time, asked) => Promise.race([asked, late(time)]);

async function read(request, { pathname, search }) {
  // What these show depends on what waits: it goes first.
  if (/^\/(fortsatt|delar)$/.test(pathname) && navigator.onLine && (await isOpen())) {
    failures = notBefore = 0;
    await within(SAVE_WITHIN, send()).catch(() => {});
  }
  const answer = fetch(request);
  try {
    const reply = await within(READ_WITHIN, answer);
    const kit = reply.ok && (await recall("kit"));
    if (kit && kit.pages.includes(pathname)) await (await openCache(kit.build)).put(pathname, reply.clone());
    return reply;
  } catch {
    return (await local(pathname, search)) || answer.catch(noCoverage);
  }
}

async function local(pathname, search) {
  const page = (await findPage(pathname + search)) || (await findPage(pathname));
  if (page) return page;
  const kit = await isOpen();
  if (kit && pathname === "/fortsatt") {
    const hasSentIn = (await waitingOf(kit.owner)).some(({ kind }) => kind === "send");
    const questions = !hasSentIn && (await unpack(kit.questions));
    return goTo(questions ? `/fragor/${questions.slug}/0` : "/delar");
  }
  return caches.match(pathname);
}

// --- Saving: the network first; else sealed, kept, and on to the next page ---

async function save(request, { pathname }) {
  const body = await request.text(), form = new URLSearchParams(body);
  if (form.get("csrf")) { // A page without a token was made here, and goes the other way.
    try {
      const headers = { "Content-Type": FORM, "Kapabla-Phone": "1" };
      const asked = fetch(request.url, { method: "POST", body, headers, redirect: "manual" });
      const reply = await within(SAVE_WITHIN, asked);
      if (reply.status === 401) return keep(pathname, form, true);
      if (reply.status < 500) {
        lastSaved = Date.now();
        return reply;
      }
    } catch {
      // No coverage, or not enough. The form has a key of its own: if it did come in, it counts once.
    }
  }
  return keep(pathname, form);
}

async function keep(path, form, hasEnded = false) {
  if (form.has("flytta")) return stay("moving");
  if (form.has("sprak")) return stay("language");
  if (form.get("gor") !== "nod" && !(form.get("gor") === "valj" && !form.has("val"))) {
    try {
      const record = await seal(path, form);
      await using("ko", "readwrite", (store) => store.add(record));
    } catch {
      return stay("full");
    }
    if (navigator.onLine) await Promise.race([send(), new Promise((resolve) => { setTimeout(resolve, READ_WITHIN); })]);
    if (registration.sync) registration.sync.register("ko").catch(() => {});
    if (hasEnded || (await senderOf(await here())).login) return goTo("/k?slut=1");
  } else if (hasEnded) return goTo("/k?slut=1");
  return path.startsWith("/delar/") ? onInCourse(path, form) : onInQuestions(path, form);
}

// 204 leaves the page as it stands, with what is filled in.
async function stay(line) {
  await tell(line);
  return new Response(null, { status: 204 });
}

async function onInCourse(path, form) {
  const kit = await recall("kit"), course = await unpack(kit.course), doing = form.get("gor");
  let shown = null;
  if (doing === "nod") shown = await findPage(`${path}?nod=${form.get("nod")}`);
  if (doing === "valj") shown = await findPage(`${path}?nod=${form.get("nod")}&val=${form.get("val") || ""}`);
  if (doing === "svara") shown = await findPage(`${path}?svara`, (main) => withFeedback(main, form));
  const [done, skipped] = (course && course.go[path]) || ["/delar", "/delar"];
  return shown || goTo(doing === "hoppa" ? skipped : done);
}

function withFeedback(main, form) {
  return [...main.matchAll(/data-feedback="([^":]+):"/g)].reduce((html, [, code]) => {
    const value = form.get(code) || "";
    return html.replace(`data-feedback="${code}:${value}" hidden`, "")
      .replace(new RegExp(`(name="${code}" id="[^"]*" value="${value}")`), "$1 checked");
  }, main);
}

async function onInQuestions(path, form) {
  const kit = await recall("kit"), [, , slug, number] = path.split("/");
  if (number === "skicka") return goTo(`/fragor/${slug}/tack`);
  if (form.has("paus")) return goTo("/paus");
  const questions = await unpack(kit.questions);
  // Kept, but what comes next has not come to the telephone yet: never on to the sending in.
  if (!questions || questions.slug !== slug) return noCoverage();
  const gate = questions.gates[number], opened = gate && gate.items.map((item) => form.get(item) || "").join("|");
  if (gate && gate.shown[opened] > Number((form.get("sida") || "").split(".")[3])) {
    const page = await findPage(`${path}?visad=${opened}`);
    if (page) return page;
  }
  const { order } = questions, here = order.indexOf(Number(number));
  const next = here < 0 ? order.find((other) => other > Number(number)) : order[here + 1];
  return goTo(`/fragor/${slug}/${next || "skicka"}`);
}

// --- Sealing: a fresh key for each record, locked with the public key of the server (B05) ---

const encode = (text) => new TextEncoder().encode(text);
const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

async function seal(path, form) {
  const { key, keyId, owner } = await recall("kit"), id = form.get("nyckel") || crypto.randomUUID();
  form.delete("csrf");
  const text = JSON.stringify({ path, form: form.toString() });
  // The length says nothing of how much was answered.
  const padded = encode(text.padEnd(Math.ceil(text.length / 512) * 512));
  const lock = await crypto.subtle.importKey("spki", toBytes(key), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encode(id) }, fresh, padded);
  const wrapped = await crypto.subtle.encrypt({ name: "RSA-OAEP" }, lock, await crypto.subtle.exportKey("raw", fresh));
  const kind = path.startsWith("/delar/") ? "module" : path.endsWith("/skicka") ? "send" : "page";
  return { id, owner, kind, created: Date.now(), keyId, wrapped: toText(wrapped), iv: toText(iv), data: toText(data) };
}

// --- Sending: in order, one at a time, with growing pauses (B06) ---

let sending = null, failures = 0, notBefore = 0;

function send() {
  sending = sending || sendAll().finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  let queue = gone || Date.now() < notBefore ? [] : await sendable();
  if (!queue.length) return;
  const mine = await here(), total = queue.filter(({ owner }) => owner === mine).length;
  for (let n = 0; queue.length; queue = gone ? [] : await sendable()) {
    const next = nextOf(queue);
    if (next[0].owner === mine) {
      n += next.length;
      await tell("sending", { n, total: Math.max(n, total) });
    }
    if (!(await sendThese(next))) break;
  }
  await tell(...(await present()));
}

// As many of one owner as the server takes at once, in their order: each request costs a round trip on one bar.
function nextOf(queue) {
  let length = 0;
  const end = queue.findIndex(({ owner, data }, place) => {
    length += data.length + 1000;
    return place && (owner !== queue[0].owner || length > MOST_CHARACTERS || place === MOST_AT_ONCE);
  });
  return end < 0 ? queue : queue.slice(0, end);
}

async function sendThese(records) {
  const [{ owner }] = records, { token } = await senderOf(owner);
  const { state, states = [], everything } = await post(token, {
    records: records.map(({ id, keyId, wrapped, iv, data }) => ({ id, keyId, wrapped, iv, data })),
  });
  if (state === "login") {
    // A page may have brought a new one while the old was on its way.
    if ((await senderOf(owner)).token === token) await note(owner, { login: true });
    return true;
  }
  // Somebody who has left is told so of all that waits.
  const told = state ? records.map(() => state) : states;
  for (const [place, what] of told.entries()) await settle(records[place], what);
  if (everything && owner === (await here())) await leaveNothing();
  failures = told.length ? 0 : failures + 1;
  if (failures) notBefore = Date.now() + Math.min(5000 * 2 ** (failures - 1), 600000) * (0.75 + Math.random() / 2);
  return told.length > 0;
}

async function settle({ owner, kind, seq }, state) {
  await using("ko", "readwrite", (store) => store.delete(seq));
  if (kind === "page" && (state === "lost" || state === "again")) await askAgain(owner);
  if (state !== "saved") await note(owner, { told: state });
  else if (owner === (await here())) lastSaved = Date.now();
}

// What the server says of it, or nothing where it has not said: then what was sent is kept and waits.
async function post(token, content) {
  const asked = { method: "POST", body: JSON.stringify(content), credentials: "omit",
    headers: { "Content-Type": "application/json", "Authorization": `Bearer ${token}` } };
  try {
    const reply = await within(SAVE_WITHIN, fetch("/ko", asked));
    const isFinal = reply.ok || [401, 409, 410].includes(reply.status);
    return isFinal ? await reply.json() : {};
  } catch {
    return {};
  }
}

// A page is to be answered once more, so what would close its questionnaire does not go: it is sent in again then.
async function askAgain(owner) {
  for (const { kind, seq } of await waitingOf(owner)) {
    if (kind === "send") await using("ko", "readwrite", (store) => store.delete(seq));
  }
}

// --- What the page says of it (B09) ---

async function present() {
  if (gone || (await recall("left"))) return [null];
  const owner = await here(), { told, login } = await senderOf(owner), queue = await waitingOf(owner);
  if (told) return [told];
  if (!queue.length) return lastSaved ? ["sent", { time: clock(lastSaved) }] : [null];
  if (login) return ["login"];
  if (queue[0].created > Date.now() - OLD) return ["kept"];
  return queue.length === 1 ? ["old_one"] : ["old", { n: queue.length }];
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5).replace(":", ".");

async function line(name, values = {}) {
  const kept = name && (await caches.match(NO_COVERAGE));
  const found = kept && (await kept.text()).match(/data-lines>(.*?)<\/script>/s);
  const html = found ? JSON.parse(found[1])[name] || "" : "";
  return html.replace(/{(n|total|time)}/g, (_, key) => values[key]);
}

async function tell(name, values) {
  const shown = await line(name, values);
  for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ line: shown, name });
}

// --- The kit of a page, and the end of it ---

async function take(kit) {
  const before = await recall("kit"), { key, keyId, owner, token } = kit;
  const isSame = before && before.owner === owner;
  if (!isSame) lastSaved = 0;
  await note(owner, { token, login: false });
  // Until all that is new has come, the old goes on working; but it is sealed with what holds today.
  await remember("kit", isSame ? { ...before, key, keyId } : kit);
  const shell = await openCache(kit.build), packages = await openCache(PACKAGES);
  if (!(await shell.match(NO_COVERAGE))) await shell.addAll(kit.files);
  const kept = (await packages.keys()).map(({ url }) => new URL(url).pathname);
  // Pages of another build need the style and the script of that build: parts that were fetched are fetched anew.
  const hadParts = kit.course && kept.some((address) => address.split(".").length === kit.course.split(".").length);
  for (const address of [kit.questions, hadParts && kit.course]) {
    if (address && !kept.includes(address)) await packages.add(address);
  }
  await remember("kit", kit);
  for (const name of await caches.keys()) if (name !== kit.build && name !== PACKAGES) await caches.delete(name);
  for (const address of kept) if (address !== kit.course && address !== kit.questions) await packages.delete(address);
}

async function removeAll() {
  gone = true;
  for (const name of await caches.keys()) await caches.delete(name);
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
}

const DEEDS = {
  here: async () => {
    await remember("left", false);
    await remember("ended", false);
  },
  kit: ({ kit }) => take(kit),
  left: async () => {
    lastSaved = 0;
    await remember("left", true);
    await note(await here(), { told: "" });
  },
  read: async () => note(await here(), { told: "" }), // What was told has been shown.
  send: async ({ fresh }) => {
    if (fresh) failures = notBefore = 0;
    await send();
  },
  state: () => {},
  remove: removeAll,
  "take over": () => skipWaiting(),
};

async function answerTo({ data, ports: [port] }) {
  try {
    if (!gone) await DEEDS[data.do](data);
  } finally {
    if (port) await answer(port);
  }
}

async function answer(port) {
  if (gone) port.postMessage({ line: "", waiting: 0 });
  else {
    const queue = await waiting(), [name, values] = await present();
    port.postMessage({
      line: await line(name, values), name, told: Boolean((await senderOf(await here())).told), waiting: queue.length,
      saving: await line("saving"),
      again: (await sendable()).length ? Math.max(notBefore - Date.now(), 1000) : 0,
    });
  }
}

addEventListener("message", (event) => event.waitUntil(answerTo(event)));
addEventListener("sync", (event) => event.waitUntil(send()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (gone || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/lamna") event.waitUntil(DEEDS.left());
  if (request.mode === "navigate" && url.pathname === "/k" && url.searchParams.has("slut")) event.waitUntil(end());
  if (NOT_OURS.test(url.pathname)) return;
  if (request.mode !== "navigate") {
    if (url.pathname.startsWith("/static/")) event.respondWith(caches.match(url.pathname).then((kept) => kept || fetch(request)));
  } else if (request.method === "GET") event.respondWith(read(request, url));
  else if (SAVES.test(url.pathname)) event.respondWith(save(request, url));
  else if (url.pathname === "/logga-ut-deltagare") event.respondWith(logOut(request));
  else event.respondWith(fetch(request).catch(() => stay("coverage")));
});

async function logOut(request) {
  await DEEDS.left();
  return fetch(request).catch(noCoverage);
}

// The door says that the session has ended. No page of hers is shown before she has come in again; and somebody who has
// left it all, perhaps on another device, has nothing here.
async function end() {
  const owner = await here();
  await remember("ended", true);
  const { everything } = owner ? await post((await senderOf(owner)).token, {}) : {};
  if (everything) await leaveNothing();
}

async function leaveNothing() {
  await removeAll();
  await registration.unregister();
}
