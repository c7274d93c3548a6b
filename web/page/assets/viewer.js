// A closer look at the picture: zoom, move, and the place of each finding.
// Zooming makes the picture larger inside of a scrolling box, so that touch,
// wheel, scroll bars and the keyboard work as everywhere.
import { say } from "./app.js";
import { shortcuts } from "./keys.js";

const stage = document.getElementById("stage");
if (stage) start();

function start() {
  const inner = stage.querySelector(".app-stage__in");
  const boxes = document.getElementById("boxes");
  const unit = Number(boxes.getAttribute("font-size"));
  const view = boxes.viewBox.baseVal;
  const findings = [...document.querySelectorAll("[data-finding]")];
  const hide = document.querySelector("[data-view=hide]");
  const turning = stage.querySelector(".app-stage__turn");
  const picture = turning.querySelector("img");
  let zoom = 1;
  let at = -1;
  let turns = 0; // quarters, clockwise

  // Controls that do nothing without this script are hidden until now.
  document.querySelector(".app-viewer__bar").hidden = false;
  document.querySelector(".app-light").hidden = false;
  const help = document.getElementById("keys-help");
  if (help) help.hidden = false;
  for (const box of document.querySelectorAll("[data-layer]")) {
    const label = box.closest("label");
    box.hidden = label.hidden = label.querySelector("kbd").hidden = false;
    box.addEventListener("change", () => {
      document.getElementById(box.dataset.layer).classList.toggle("app-off", !box.checked);
      say(`${label.querySelector("span").textContent} ${box.checked ? "shown" : "hidden"}`);
    });
  }

  // seen is the size of the page as it is turned now, in its own pixels.
  const seen = () => (turns % 2 ? [view.height, view.width] : [view.width, view.height]);

  // fitting is the part of the width at which the whole page is in view: less
  // than all of it for a page that is higher than wide.
  function fitting() {
    const most = parseFloat(getComputedStyle(stage).maxHeight) - 2;
    const [width, height] = seen();
    return Math.min(1, most / ((stage.clientWidth * height) / width));
  }

  // scale keeps the middle of the view, or a given point of it, in its place.
  function scale(to) {
    const before = inner.clientWidth;
    const x = (stage.scrollLeft + stage.clientWidth / 2) / before;
    const y = (stage.scrollTop + stage.clientHeight / 2) / inner.clientHeight;
    zoom = Math.min(12, Math.max(1, to));
    const fit = fitting();
    inner.style.width = `${zoom * fit * 100}%`;
    const [width, height] = seen();
    const perPixel = inner.clientWidth / width;
    inner.style.height = `${height * perPixel}px`;
    turning.style.width = `${view.width * perPixel}px`;
    turning.style.transform = `${["", `translateX(${width * perPixel}px)`, `translate(${width * perPixel}px,${height * perPixel}px)`, `translateY(${height * perPixel}px)`][turns]} rotate(${turns * 90}deg)`;
    boxes.setAttribute("font-size", (unit * Math.min(zoom, 1.3) * view.width) / width / zoom / fit); // letters stay letters
    document.getElementById("zoom").textContent = `${Math.round(zoom * 100)}%`;
    stage.scrollTo(x * inner.clientWidth - stage.clientWidth / 2, y * inner.clientHeight - stage.clientHeight / 2);
  }

  // turned gives a rectangle of the page as it lies on the screen.
  function turned({ x, y, width, height }) {
    for (let i = 0, high = view.height, wide = view.width; i < turns; i++, [high, wide] = [wide, high]) {
      [x, y, width, height] = [high - y - height, x, height, width];
    }
    return { x, y, width, height };
  }

  const light = ["brightness", "contrast"].map((id) => document.getElementById(id));
  const lit = () => { picture.style.filter = light.map((l) => `${l.id}(${l.value}%)`).join(" "); };
  for (const l of light) l.addEventListener("input", lit);

  const moves = {
    in: () => scale(zoom * 1.4),
    out: () => scale(zoom / 1.4),
    fit: () => scale(1),
    turn: () => {
      turns = (turns + 1) % 4;
      scale(1);
      say(`Turned by ${turns * 90} degrees`);
    },
    light: () => {
      for (const l of light) l.value = 100;
      lit();
    },
    left: () => stage.scrollBy(-80, 0),
    right: () => stage.scrollBy(80, 0),
    up: () => stage.scrollBy(0, -80),
    down: () => stage.scrollBy(0, 80),
    hide: () => {
      if (!hide) return; // there are no boxes
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
    const all = f.dataset.boxes.split(";").filter(Boolean).map((b) => b.split(" ").map(Number));
    if (all.length) {
      const left = Math.min(...all.map((b) => b[0]));
      const top = Math.min(...all.map((b) => b[1]));
      frame({ x: left, y: top, width: Math.max(...all.map((b) => b[0] + b[2])) - left, height: Math.max(...all.map((b) => b[1] + b[3])) - top });
    } else {
      mark("focus-inner", null);
      mark("focus-outer", null);
    }
    stage.dispatchEvent(new CustomEvent("finding", { bubbles: true, detail: f }));
    f.scrollIntoView({ block: "nearest" });
    say(`Finding ${at + 1} of ${findings.length}: ${f.querySelector("[data-title]").textContent}`);
  }

  // mark puts one of the rectangles that are not boxes around a part of the page.
  function mark(id, part) {
    const r = document.getElementById(id);
    for (const [name, value] of Object.entries(part ?? {})) r.setAttribute(name, value);
    r.setAttribute("visibility", part ? "visible" : "hidden");
  }

  // frame draws the yellow frame and zooms so that it has room around it.
  function frame(part) {
    const room = view.width / 150;
    const wider = { x: part.x - room, y: part.y - room, width: part.width + 2 * room, height: part.height + 2 * room };
    mark("focus-outer", wider);
    mark("focus-inner", wider);
    const { x, y, width, height } = turned(part);
    scale(1);
    const perPixel = inner.clientWidth / seen()[0];
    scale(Math.min(5, (0.6 * stage.clientWidth) / (width * perPixel), (0.6 * stage.clientHeight) / (height * perPixel)));
    const now = inner.clientWidth / seen()[0];
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
  drag(stage, (from, to) => {
    // Where the mouse was, in pixels of the page before it was turned.
    const box = boxes.getBoundingClientRect();
    const inverse = boxes.getScreenCTM().inverse();
    const clamp = (p) => new DOMPoint(Math.min(box.right, Math.max(box.left, p.x)), Math.min(box.bottom, Math.max(box.top, p.y))).matrixTransform(inverse);
    const [a, b] = [clamp(from), clamp(to)];
    const part = { x: Math.round(Math.min(a.x, b.x)), y: Math.round(Math.min(a.y, b.y)), width: Math.round(Math.abs(a.x - b.x)), height: Math.round(Math.abs(a.y - b.y)) };
    mark("drawn", part);
    mark("drawn-outer", part);
    return part;
  });
  addEventListener("resize", () => scale(zoom));
  scale(1);
  const layers = {};
  for (const box of document.querySelectorAll("[data-layer]")) layers[box.dataset.key] = () => box.click();
  shortcuts({
    "j": () => go(at + 1), "k": () => go(at < 0 ? -1 : at - 1), "h": moves.hide, "+": moves.in, "=": moves.in, "-": moves.out,
    "0": moves.fit, "f": moves.fit, "r": moves.turn, "i": () => stage.focus(), ...layers,
  });
  if (location.hash.startsWith("#finding-")) go(findings.findIndex((f) => `#${f.id}` === location.hash));
}

// drag moves the picture with the mouse; touch scrolls by itself. While a part is
// asked for, it draws a box instead and tells of it.
function drag(stage, draw) {
  let from = null;
  const end = (e) => {
    if (from && stage.dataset.drawing) stage.dispatchEvent(new CustomEvent("drawn", { bubbles: true, detail: draw(from.at, { x: e.clientX, y: e.clientY }) }));
    from = null;
  };
  stage.addEventListener("pointerdown", (e) => {
    if (!stage.dataset.drawing && e.pointerType !== "mouse" || e.button !== 0) return;
    from = { x: e.clientX + stage.scrollLeft, y: e.clientY + stage.scrollTop, at: { x: e.clientX, y: e.clientY } };
    stage.setPointerCapture(e.pointerId);
    e.preventDefault();
    stage.focus({ preventScroll: true });
  });
  stage.addEventListener("pointermove", (e) => {
    if (!from) return;
    if (stage.dataset.drawing) draw(from.at, { x: e.clientX, y: e.clientY });
    else stage.scrollTo(from.x - e.clientX, from.y - e.clientY);
  });
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", () => { from = null; });
}
