// The queue while it is looked at: minutes go by, new documents are announced and
// never move a row, and single keys lead through the list.
import { say } from "./app.js";
import { shortcuts } from "./keys.js";

const minute = 60_000;
const between = 30_000; // how often to ask for what is new
const awake = 15 * minute; // without a sign of anybody for this long, ask no more: the session may end

const main = document.querySelector("[data-queue]");
const banner = document.getElementById("new");
let touched = Date.now();
let known = 0;

// span says a length of time as the server does.
function span(ms) {
  const minutes = Math.floor(ms / minute);
  const hours = Math.floor(minutes / 60);
  const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (minutes < 1) return "less than a minute";
  if (!hours) return many(minutes, "minute");
  if (hours >= 48) return many(Math.floor(hours / 24), "day");
  return minutes % 60 ? `${many(hours, "hour")} ${many(minutes % 60, "minute")}` : many(hours, "hour");
}

// left says how long it is to a due time, or past it.
export function left(ms) {
  if (ms < 0 && ms > -minute) return "Due now";
  return ms < 0 ? `${span(-ms)} late` : `${span(ms)} left`;
}

function tick() {
  for (const cell of document.querySelectorAll("[data-due]")) {
    const ms = Date.parse(cell.dataset.due) - Date.now();
    cell.querySelector("[data-left]").textContent = left(ms);
    cell.classList.toggle("app-due--late", ms < 0);
    cell.classList.toggle("app-due--soon", ms >= 0 && ms < 15 * minute);
  }
}

// look asks how many are new.
export async function look() {
  if (document.hidden || Date.now() - touched > awake) return;
  try {
    const answer = await fetch(main.dataset.queue, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { count } = await answer.json();
    if (!count || count === known) return;
    known = count;
    banner.querySelector("[data-new]").textContent = count === 1 ? "1 new document." : `${count} new documents.`;
    banner.hidden = false;
  } catch { /* no connection: asked again soon */ }
}

// move goes from one document to the next, and stays at the ends.
function move(by) {
  const links = [...document.querySelectorAll("#queue th a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by));
  links[to].focus();
  if (to === at) say(by > 0 ? "This is the last document on this page" : "This is the first document on this page");
}

for (const sign of ["pointermove", "keydown", "scroll"]) addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
const help = document.getElementById("keys-help");
if (help) help.hidden = false;
shortcuts({
  "j": () => move(1),
  "k": () => move(-1),
  "n": () => document.getElementById("next")?.click(),
  "/": () => {
    const field = document.getElementById("reference");
    field.closest("details").open = true;
    field.focus();
  },
});
setInterval(tick, minute);
setInterval(look, between);
