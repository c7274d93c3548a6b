// The reviewer's page: keys for the whole way to a decision, a draft that saves
// itself, and an honest record of what was looked at and for how long.
import { say } from "./app.js";
import { shortcuts } from "./keys.js";

const page = document.querySelector("[data-review]");
const form = document.getElementById("decide");
const seen = document.querySelector("[data-evidence]");
const notice = document.getElementById("notice");
let finding = null;

// What was looked at. The picture counts when it is there to be seen.
const opened = new Set(seen ? seen.elements.opened.value.split(" ").filter(Boolean) : []);
function look(at) {
  opened.add(at);
  if (seen) seen.elements.opened.value = [...opened].join(" ");
}
const picture = document.querySelector(".app-stage img");
if (picture && picture.complete && picture.naturalWidth) look("image");
else if (picture) picture.addEventListener("load", () => look("image"));
for (const link of document.querySelectorAll("[data-opens]")) link.addEventListener("click", () => look(link.dataset.opens));
document.addEventListener("finding", (e) => {
  finding = e.detail;
  look(finding.dataset.check);
});

// How long: seconds in which the page is visible and something was done within
// the last half minute.
const idle = 30_000;
let did = Date.now();
let lease = Date.now();
for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchstart"]) {
  addEventListener(kind, () => {
    did = Date.now();
    if (form && did - lease > 60_000) keep();
  }, { passive: true, capture: true });
}
if (seen) setInterval(() => {
  if (document.visibilityState === "visible" && Date.now() - did < idle) seen.elements.active.value = Number(seen.elements.active.value) + 1;
}, 1000);

// send posts without leaving the page, and says what went wrong.
async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.ok) return;
  const problem = await answer.json();
  if (answer.status === 401) throw new Error("You were signed out. What you wrote is saved up to here. Sign in again to go on");
  throw new Error(problem.detail);
}

function tell(words) {
  notice.hidden = false;
  notice.querySelector("[data-notice]").textContent = words;
  say(words);
}

// keep holds on to the review while somebody works on it.
function keep() {
  lease = Date.now();
  send(form.dataset.keep).catch((e) => tell(e.message));
}

// The draft saves itself when nothing was typed for a moment, and at once when
// the page goes out of sight.
let timer = 0;
let saved = form ? text() : "";
function text() { return new URLSearchParams(new FormData(form)).toString(); }
let leaving = false; // with all that is written
async function save() {
  clearTimeout(timer);
  if (leaving) return;
  const now = text();
  const line = document.getElementById("saved");
  if (now === saved) return;
  try {
    await send(form.dataset.draft, new URLSearchParams(now));
    saved = now;
    line.textContent = `Draft saved at ${new Date().toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true }).replace(" ", "")}`;
  } catch (e) {
    line.textContent = e.message;
    say(e.message);
  }
}
if (form) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
  form.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
}

// rely ticks or unticks the finding that is shown.
function rely() {
  const box = form && finding && form.querySelector(`[name=findings][value="${CSS.escape(finding.dataset.check)}"]`);
  if (!box) return;
  box.click();
  say(`${box.labels[0].textContent}: ${box.checked ? "relied on" : "not relied on"}`);
}

// decision goes to the question, or to what stands in its place.
function decision() {
  const first = document.querySelector("[name=verdict]:checked") ?? document.getElementById("verdict") ?? document.getElementById("impression");
  if (first) first.focus();
  else document.getElementById("decision")?.scrollIntoView();
}

// back returns to the finding that was left.
function back() {
  if (!finding) return;
  finding.tabIndex = -1;
  finding.focus();
  finding.scrollIntoView({ block: "nearest" });
}
shortcuts({ "d": decision, "x": rely, "Escape": back, "n": () => document.getElementById("next")?.click() });

// A part of the picture can be drawn on it.
const ask = document.querySelector("[data-ask]");
const stage = document.getElementById("stage");
if (ask && stage) {
  const draw = ask.querySelector("[data-draw]");
  const button = draw.querySelector("button");
  draw.hidden = false;
  const drawing = (on) => {
    if (on) stage.dataset.drawing = "on";
    else delete stage.dataset.drawing;
    button.setAttribute("aria-pressed", on);
  };
  button.addEventListener("click", () => {
    drawing(!stage.dataset.drawing);
    if (stage.dataset.drawing) stage.scrollIntoView({ block: "nearest" });
  });
  stage.addEventListener("drawn", (e) => {
    const { x, y, width, height } = e.detail;
    if (!width || !height) return;
    drawing(false);
    if (!ask.elements.region.querySelector("[value=drawn]")) ask.elements.region.add(new Option("The part drawn on the picture", "drawn"));
    ask.elements.region.value = "drawn";
    ask.elements.box.value = `${x} ${y} ${width} ${height}`;
    say("The part is marked");
  });
}

// What the browser keeps of an old form must not come back over a new page.
if (page) addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
