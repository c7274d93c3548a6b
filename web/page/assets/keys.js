// Single keys, outside of fields only. They can be switched off (WCAG 2.1.4); the
// choice stays with this browser.
const box = document.getElementById("keys");
const does = {};

// shortcuts adds keys and what they do.
export function shortcuts(more) { Object.assign(does, more); }

if (box) {
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
    const field = e.target.closest("input,textarea,select,[contenteditable]");
    if (field && e.key !== "Escape" && !/^(checkbox|radio)$/.test(field.type)) return;
    e.preventDefault();
    does[e.key]();
  });
  shortcuts({ "?": () => {
    const help = document.getElementById("keys-help");
    help.open = !help.open;
    help.querySelector("summary").focus();
  } });
}
