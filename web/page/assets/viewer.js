// A closer look at the picture: zoom, move, and the place of each finding.
// Zooming makes the picture larger inside of a scrolling box, so that touch,
// wheel, scroll bars and the keyboard work as everywhere.
import { say } from "./app.js";

const stage = document.getElementById("stage");
if (stage) start();

function start() {
  const inner = stage.querySelector(".app-stage__in");
  const boxes = document.getElementById("boxes");
  const unit = Number(boxes.getAttribute("font-size"));
  const view = boxes.viewBox.baseVal;
  const findings = [...document.querySelectorAll("[data-finding]")];
  const hide = document.querySelector("[data-view=hide]");
  const keys = document.getElementById("keys");
  let zoom = 1;
  let at = -1;

  // Controls that do nothing without this script are hidden until now.
  document.querySelector(".app-viewer__bar").hidden = false;
  document.getElementById("keys-help").hidden = false;
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.hidden = box.closest("label").hidden = false;
    box.addEventListener("change", () => {
      document.getElementById(box.dataset.layer).classList.toggle("app-off", !box.checked);
      say(`${box.closest("label").textContent.trim()} ${box.checked ? "shown" : "hidden"}`);
    });
  }

  // fitting is the part of the width at which the whole page is in view: less
  // than all of it for a page that is higher than wide.
  function fitting() {
    const most = parseFloat(getComputedStyle(stage).maxHeight) - 2;
    return Math.min(1, most / ((stage.clientWidth * view.height) / view.width));
  }

  // scale keeps the middle of the view, or a given point of it, in its place.
  function scale(to) {
    const before = inner.clientWidth;
    const x = (stage.scrollLeft + stage.clientWidth / 2) / before;
    const y = (stage.scrollTop + stage.clientHeight / 2) / inner.clientHeight;
    zoom = Math.min(12, Math.max(1, to));
    const fit = fitting();
    inner.style.width = `${zoom * fit * 100}%`;
    boxes.setAttribute("font-size", (unit * Math.min(zoom, 1.3)) / zoom / fit); // letters stay letters
    document.getElementById("zoom").textContent = `${Math.round(zoom * 100)}%`;
    stage.scrollTo(x * inner.clientWidth - stage.clientWidth / 2, y * inner.clientHeight - stage.clientHeight / 2);
  }

  const moves = {
    in: () => scale(zoom * 1.4),
    out: () => scale(zoom / 1.4),
    fit: () => scale(1),
    left: () => stage.scrollBy(-80, 0),
    right: () => stage.scrollBy(80, 0),
    up: () => stage.scrollBy(0, -80),
    down: () => stage.scrollBy(0, 80),
    hide: () => {
      const off = boxes.classList.toggle("app-off");
      hide.setAttribute("aria-pressed", off);
      say(off ? "Boxes hidden" : "Boxes shown");
    },
  };
  for (const b of document.querySelectorAll("[data-view]")) b.addEventListener("click", () => moves[b.dataset.view]());

  // go shows a finding in the list and on the picture.
  function go(i) {
    if (!findings.length) return;
    at = (i + findings.length) % findings.length;
    const f = findings[at];
    for (const other of findings) other.classList.toggle("is-on", other === f);
    f.closest("details").open = true;
    boxes.classList.remove("app-off");
    hide.setAttribute("aria-pressed", "false");
    const all = f.dataset.boxes.split(";").map((b) => b.split(" ").map(Number));
    const left = Math.min(...all.map((b) => b[0]));
    const top = Math.min(...all.map((b) => b[1]));
    const right = Math.max(...all.map((b) => b[0] + b[2]));
    const bottom = Math.max(...all.map((b) => b[1] + b[3]));
    frame(left, top, right - left, bottom - top);
    f.scrollIntoView({ block: "nearest" });
    say(`Finding ${at + 1} of ${findings.length}: ${f.querySelector("[data-title]").textContent}`);
  }

  // frame draws the yellow frame and zooms so that it has room around it.
  function frame(x, y, width, height) {
    const room = view.width / 150;
    for (const id of ["focus-outer", "focus-inner"]) {
      const r = document.getElementById(id);
      const size = { x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room };
      for (const [name, value] of Object.entries(size)) r.setAttribute(name, value);
      r.setAttribute("visibility", "visible");
    }
    scale(1);
    const perPixel = inner.clientWidth / view.width;
    scale(Math.min(5, 0.6 * stage.clientWidth / (width * perPixel), 0.6 * stage.clientHeight / (height * perPixel)));
    const now = inner.clientWidth / view.width;
    stage.scrollTo((x + width / 2) * now - stage.clientWidth / 2, (y + height / 2) * now - stage.clientHeight / 2);
  }

  for (const link of document.querySelectorAll("[data-show]")) {
    link.addEventListener("click", (e) => {
      e.preventDefault();
      go(findings.indexOf(link.closest("[data-finding]")));
    });
  }
  stage.addEventListener("keydown", (e) => {
    const move = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" }[e.key];
    if (!move || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    moves[move]();
  });
  drag(stage);
  addEventListener("resize", () => scale(zoom));
  scale(1);
  shortcuts(keys, { "j": () => go(at + 1), "k": () => go(at < 0 ? -1 : at - 1), "h": moves.hide, "+": moves.in, "=": moves.in, "-": moves.out, "0": moves.fit, "?": help });
  if (location.hash.startsWith("#finding-")) go(findings.findIndex((f) => `#${f.id}` === location.hash));
}

// drag moves the picture with the mouse; touch scrolls by itself.
function drag(stage) {
  let from = null;
  stage.addEventListener("pointerdown", (e) => {
    if (e.pointerType !== "mouse" || e.button !== 0) return;
    from = { x: e.clientX + stage.scrollLeft, y: e.clientY + stage.scrollTop };
    stage.setPointerCapture(e.pointerId);
    e.preventDefault();
    stage.focus();
  });
  stage.addEventListener("pointermove", (e) => { if (from) stage.scrollTo(from.x - e.clientX, from.y - e.clientY); });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { from = null; });
}

function help() {
  const box = document.getElementById("keys-help");
  box.open = !box.open;
  box.querySelector("summary").focus();
}

// shortcuts are single keys, outside of fields only, and can be switched off
// (WCAG 2.1.4). The choice stays with this browser.
function shortcuts(box, does) {
  try {
    box.checked = localStorage.getItem("single-keys") !== "off";
  } catch { /* a browser that keeps nothing: on, as printed */ }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem("single-keys", box.checked ? "on" : "off");
    } catch { /* then only for this page */ }
  });
  document.addEventListener("keydown", (e) => {
    if (!box.checked || e.ctrlKey || e.metaKey || e.altKey || !does[e.key]) return;
    if (e.target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]")) return;
    e.preventDefault();
    does[e.key]();
  });
}
