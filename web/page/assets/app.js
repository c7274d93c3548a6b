// What every page needs. Pages work without it: it only makes them kinder.
import { initAll } from "./govuk-frontend.min.js";

// The class names that govuk-frontend looks for. Its own template sets them in
// an inline script, which our content policy does not allow.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const live = document.getElementById("app-live");

// say tells screen readers that something changed, once and without moving the
// focus. The region is emptied first, so that the same words are said again.
export function say(words) {
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 30);
}

// ready brings to life what a page holds. It runs again when a page is
// replaced by its next state.
export function ready(root) {
  // On a phone the filters would push the list off the screen.
  if (matchMedia("(max-width: 48rem)").matches) {
    for (const d of root.querySelectorAll("[data-fold]")) d.open = d.querySelector(".govuk-error-message") !== null;
  }
  for (const d of root.querySelectorAll("[data-fold]")) d.removeAttribute("data-fold");
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
ready(document);

// Hiding a page: it is gone from the screen at once, has another title, and what
// replaces it takes its place in the history too. Pressing Shift three times does
// the same. Without this script it is a link.
const hide = document.querySelector("[data-hide]");
if (hide) {
  const away = (e) => {
    e?.preventDefault();
    document.title = "Help";
    document.body.replaceChildren();
    location.replace(hide.href);
  };
  let shifts = [];
  hide.addEventListener("click", away);
  addEventListener("keydown", (e) => {
    if (e.key !== "Shift") {
      shifts = [];
    } else if (!e.repeat) {
      shifts = [...shifts, e.timeStamp].filter((t) => e.timeStamp - t < 5000);
      if (shifts.length > 2) away();
    }
  });
}

// What is folded away belongs on paper too.
addEventListener("beforeprint", () => {
  for (const d of document.querySelectorAll("details:not([open])")) {
    d.dataset.folded = "";
    d.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const d of document.querySelectorAll("details[data-folded]")) {
    d.open = false;
    delete d.dataset.folded;
  }
});
