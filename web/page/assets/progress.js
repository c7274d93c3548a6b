// Live progress of documents that are being checked. Without this script the
// page asks again every five seconds.
import { ready, say } from "./app.js";

const stages = ["received", "screening", "screened"];
const now = { received: "Waiting for a worker", screening: "Reading and checking it now", screened: "Result" };
const done = { received: "Taken up by a worker", screening: "Read and checked", screened: "Result" };
const quiet = 8_000; // without an event for this long, ask
const between = 4_000; // how often to ask
const late = 60_000; // from here on it takes longer than usual

const box = document.querySelector("[data-live]");
if (box) follow(box);
const list = document.querySelector("[data-live-list]");
if (list) watch(list);

// follow listens to the events of one document. The stream can break without a
// word, so it is never trusted alone: if it is quiet, the page asks.
function follow(box) {
  const id = box.dataset.live;
  let heard = Date.now();
  let over = false;
  const stream = new EventSource(`/documents/${id}/events`);
  stream.addEventListener("state", (event) => {
    heard = Date.now();
    take(JSON.parse(event.data));
  });
  const asking = setInterval(async () => {
    if (Date.now() - heard < quiet) return;
    const answer = await ask(`/api/v1/documents/${id}`);
    if (answer) take(answer);
  }, between);
  const slow = setTimeout(() => { box.querySelector("[data-late]").hidden = false; }, late);

  async function take(at) {
    if (over) return;
    if (at.state === "screened") {
      over = true;
      stream.close();
      clearInterval(asking);
      clearTimeout(slow);
      await show();
      return;
    }
    paint(box, at);
  }
}

// paint shows where the document is, and says so only when that changes.
function paint(box, at) {
  const reached = stages.indexOf(at.state);
  if (reached < 0) return;
  for (const [i, name] of stages.entries()) {
    const row = box.querySelector(`[data-stage=${name}]`);
    row.className = i < reached ? "is-done" : i === reached ? "is-now" : "";
    row.querySelector(".app-stages__mark").textContent = i < reached ? "✓" : i === reached ? "…" : "○";
    row.querySelector("[data-words]").textContent = i < reached ? done[name] : i === reached ? now[name] : name === "screening" ? "Reading and checking it" : "Result";
  }
  const waiting = box.querySelector("[data-waiting]");
  waiting.textContent = "";
  if (at.state === "received") {
    waiting.textContent = at.waiting > 1 ? `${at.waiting} documents wait, this one included.` : "It is the next in line.";
  }
  if (box.dataset.state !== at.state) {
    box.dataset.state = at.state;
    say(now[at.state]);
  }
}

// show puts the answer in the place of the progress. The focus goes to the
// headline, which makes a screen reader read it, unless it is outside of what is
// replaced: then it stays, and the headline is said.
async function show() {
  let next = await page(location.href);
  if (!next || next.querySelector("[data-live]")) {
    location.reload();
    return;
  }
  const main = document.getElementById("main-content");
  const elsewhere = document.activeElement !== document.body && !main.contains(document.activeElement);
  const fresh = document.adoptNode(next.getElementById("main-content"));
  main.replaceWith(fresh);
  document.title = next.title;
  ready(fresh);
  const title = fresh.querySelector("h1");
  if (elsewhere) {
    say(title.textContent);
    return;
  }
  title.tabIndex = -1;
  title.focus();
}

// watch asks for the list of an upload until nothing in it waits.
function watch(list) {
  const asking = setInterval(async () => {
    const next = await page(list.dataset.liveList);
    const fresh = next && next.querySelector(".app-files");
    if (!fresh) return;
    let changed = 0;
    for (const row of fresh.querySelectorAll("[data-state]")) {
      const old = document.getElementById(row.id);
      if (!old || old.dataset.state === row.dataset.state) continue;
      // A person may be on the link of this row: leave it, change around it.
      old.dataset.state = row.dataset.state;
      old.querySelector(".govuk-tag").replaceWith(document.adoptNode(row.querySelector(".govuk-tag")));
      const wrong = row.querySelector(".app-file__refused");
      if (wrong) old.querySelector(".app-file__what").append(document.adoptNode(wrong));
      const link = row.querySelector("a");
      if (link) old.querySelector("a").replaceChildren(...link.childNodes);
      changed += row.dataset.state === "screened" ? 1 : 0;
    }
    const open = list.querySelectorAll("[data-state=received],[data-state=screening]").length;
    if (changed) say(open ? `${changed} more checked. ${open} to go.` : "All documents are checked.");
    const said = next.getElementById("pairs");
    if (!open && said) document.getElementById("pairs").replaceWith(document.adoptNode(said));
    if (!open) {
      clearInterval(asking);
      document.getElementById("wait-note")?.remove();
    }
  }, between);
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // no connection: asked again soon
  }
}

async function page(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}
