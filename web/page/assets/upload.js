// Uploads each image by itself, three at a time, and says how far each one is.
// Without this script the same form sends all of them at once.
import { say } from "./app.js";

const parallel = 3;
const mostFiles = 20; // as the server counts
const form = document.querySelector("[data-upload]");
const most = Number(form.dataset.most);
const encounter = document.getElementById("encounter");
const captures = [...form.querySelectorAll("[name=capture]")];
const input = document.getElementById("file");
const photo = document.getElementById("photo");
const drop = document.getElementById("drop");
const start = document.getElementById("start");
const onward = document.getElementById("onward");
const waiting = document.getElementById("waiting");
const items = []; // { file, state, row, id, error, field, request }

// Files are kept here from now on, so the form must not send them again.
input.removeAttribute("name");
document.getElementById("photo-box").hidden = false;
document.getElementById("drop-hint").hidden = false;
drop.classList.add("is-ready");

input.addEventListener("change", () => { add(input.files); input.value = ""; });
photo.addEventListener("change", () => { add(photo.files); photo.value = ""; });
for (const name of ["dragover", "dragenter"]) {
  drop.addEventListener(name, (e) => { e.preventDefault(); drop.classList.add("is-over"); });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (e) => { e.preventDefault(); add(e.dataTransfer.files); });
addEventListener("paste", (e) => {
  if (e.clipboardData.files.length) { e.preventDefault(); add(e.clipboardData.files); }
});
encounter.addEventListener("change", find);
form.addEventListener("submit", (e) => { e.preventDefault(); begin(); });
addEventListener("online", () => { waiting.hidden = true; pump(); });
addEventListener("offline", () => { if (busy()) wait(); });
addEventListener("beforeunload", (e) => { if (busy()) e.preventDefault(); });

function busy() { return items.some((i) => i.state === "queued" || i.state === "sending"); }

function add(files) {
  for (const file of files) {
    const item = { file, state: "chosen", error: "" };
    // What the server is sure to refuse need not travel first.
    if (file.size === 0) refuse(item, `${file.name} is empty. Take the photo again`);
    if (file.size > most) refuse(item, `${file.name} must be smaller than 20MB`);
    items.push(item);
    draw(item);
  }
  document.getElementById("chosen").hidden = items.length === 0;
  say(`${items.length === 1 ? "1 image" : `${items.length} images`} chosen`);
}

// find says what is known of the encounter, in the words of the server.
async function find() {
  const place = document.getElementById("encounter-found");
  const reference = encounter.value.trim();
  place.textContent = "";
  if (!/^[a-z]{3}[ -]?\d{6}[ -]?\d{4}$/i.test(reference)) return; // its form is corrected at the end
  try {
    const answer = await fetch(`/api/v1/encounters/${encodeURIComponent(reference)}`, { headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (encounter.value.trim() !== reference) return;
    place.textContent = answer.ok ? `✓ Found: ${said.summary}` : answer.status === 404 ? said.detail : "";
  } catch {
    // No connection: the reference is looked at when the form is sent.
  }
}

function refuse(item, why) { item.state = "refused"; item.error = why; }

// begin checks the form in the words of the server and sends what is chosen.
function begin() {
  const problems = [];
  if (!encounter.value.trim()) problems.push([encounter, encounter.dataset.missing]);
  if (!captures.some((c) => c.checked)) problems.push([captures[0], captures[0].dataset.missing]);
  if (!items.some((i) => i.state !== "refused")) problems.push([input, input.dataset.missing]);
  const over = items.length - mostFiles;
  if (over > 0) problems.push([input, `You can only add up to ${mostFiles} files. Remove ${over === 1 ? "1 file" : `${over} files`}`]);
  if (!problems.length) {
    for (const i of items) if (i.state === "chosen" || i.state === "failed") Object.assign(i, { state: "queued", error: "", field: "" });
  }
  complain(problems);
  if (!problems.length) pump();
}

// pump starts as many uploads as may run, and ends when nothing is left.
function pump() {
  for (const item of items) {
    if (items.filter((i) => i.state === "sending").length >= parallel) break;
    if (item.state === "queued") send(item);
  }
  start.disabled = busy();
  if (!busy()) finish();
}

function wait() {
  waiting.hidden = false;
  say(waiting.textContent);
}

function send(item) {
  if (!navigator.onLine) { wait(); return; }
  item.state = "sending";
  const body = new FormData();
  body.append("encounter", encounter.value.trim());
  body.append("capture", captures.find((c) => c.checked).value);
  body.append("file", item.file, item.file.name);
  const request = new XMLHttpRequest(); // fetch cannot tell how much was sent
  item.request = request;
  request.open("POST", "/api/v1/documents");
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) progress(item, e.loaded / e.total); });
  request.addEventListener("load", () => settle(item, request));
  request.addEventListener("error", () => broke(item));
  request.send(body);
  draw(item);
}

// broke tells a lost connection, which comes back, from an upload that failed.
function broke(item) {
  if (!navigator.onLine) {
    item.state = "queued";
    draw(item);
    wait();
    return;
  }
  item.state = "failed";
  item.error = `${item.file.name} could not be uploaded. Try again`;
  draw(item);
  say(item.error);
  pump();
}

function settle(item, request) {
  const answer = request.response || {};
  if (request.status >= 200 && request.status < 300 && answer.id) {
    item.state = "received";
    item.id = answer.id;
    item.again = answer.duplicate;
  } else {
    // The file itself is refused by these and will be again. Anything else may
    // pass: a full service, an answer to correct, a session that ran out.
    const wrong = answer.errors?.find((e) => e.pointer === "/encounter" || e.pointer === "/capture");
    item.state = !wrong && [400, 413, 415].includes(request.status) ? "refused" : "failed";
    item.field = wrong?.pointer.slice(1);
    item.error = answer.errors?.map((e) => e.detail).filter(Boolean).join(". ") || answer.detail || `${item.file.name} could not be uploaded. Try again`;
    say(item.error);
  }
  draw(item);
  pump();
}

// finish goes to the result when everything arrived. Otherwise it stays, so
// that a file can be tried again, and says where the others are.
function finish() {
  const got = items.filter((i) => i.state === "received");
  if (!got.length) { trouble(); return; }
  const query = new URLSearchParams({ encounter: encounter.value.trim() });
  for (const i of got) query.append(i.again ? "again" : "id", i.id);
  const address = got.length === 1 ? `/documents/${got[0].id}` : `/upload/received?${query}`;
  if (got.length === items.length) { location.assign(address); return; }
  onward.href = address;
  onward.hidden = false;
  trouble();
}

function trouble() {
  // One wrong answer stops every file: it is said once, at its field.
  const bad = new Map();
  for (const i of items) if (i.error) bad.set(i.error, i.field ? document.getElementById(i.field) : i.row.querySelector("button"));
  if (bad.size) complain([...bad].map(([words, field]) => [field, words]));
}

// complain shows the summary of problems, as the server would, and takes the
// reader there.
function complain(problems) {
  const place = document.getElementById("problems");
  for (const old of form.querySelectorAll("[data-complaint]")) old.remove();
  for (const old of form.querySelectorAll(".govuk-form-group--error")) old.classList.remove("govuk-form-group--error");
  document.title = document.title.replace(/^Error: /, "");
  place.replaceChildren();
  if (!problems.length) return;
  document.title = `Error: ${document.title}`;
  const list = make("ul", "govuk-list govuk-error-summary__list");
  for (const [field, words] of problems) {
    const link = make("a", "", words);
    link.href = `#${field.id}`;
    link.addEventListener("click", (e) => { e.preventDefault(); field.focus(); });
    const li = make("li");
    li.append(link);
    list.append(li);
    beside(field, words);
  }
  const body = make("div", "govuk-error-summary__body");
  body.append(list);
  const inner = make("div");
  inner.setAttribute("role", "alert");
  inner.append(make("h2", "govuk-error-summary__title", "There is a problem"), body);
  const summary = make("div", "govuk-error-summary");
  summary.tabIndex = -1;
  summary.append(inner);
  place.append(summary);
  summary.focus();
}

// beside says the same words next to the field.
function beside(field, words) {
  const group = field.closest(".govuk-form-group");
  if (!group) return; // a file says it in its own row
  const message = make("p", "govuk-error-message", words);
  message.dataset.complaint = "";
  group.classList.add("govuk-form-group--error");
  group.querySelector(".govuk-hint").after(message);
}

const tags = {
  chosen: ["Ready to upload", "grey"], queued: ["Waiting", "grey"], sending: ["Uploading", ""],
  received: ["Received", "green"], refused: ["Not accepted", "red"], failed: ["Not uploaded", "orange"],
};

// draw makes the row of one file new: picture, name, state, words and actions.
function draw(item) {
  const at = items.indexOf(item);
  const row = make("li", "app-file");
  const picture = make("img", "app-file__pic");
  picture.alt = "";
  item.picture ??= URL.createObjectURL(item.file);
  picture.src = item.picture;
  picture.addEventListener("error", () => picture.classList.add("is-empty")); // no picture, or one that this browser cannot draw
  const [words, colour] = tags[item.state];
  const what = make("div", "app-file__what");
  what.append(make("span", "app-file__name", item.file.name), make("strong", `govuk-tag${colour ? ` govuk-tag--${colour}` : ""}`, words));
  if (item.state === "sending") {
    const p = make("p", "govuk-body-s", "");
    const bar = make("progress", "app-bar");
    bar.max = 100;
    bar.setAttribute("aria-label", `Upload of ${item.file.name}`);
    what.append(p, bar);
  } else {
    what.append(make("p", "govuk-body-s", megabytes(item.file.size)));
  }
  if (item.error) what.append(make("p", "govuk-body app-file__refused", item.error));
  if (item.again) what.append(make("p", "govuk-body", "You already uploaded this file. You see its first result."));
  row.append(picture, what, actions(item, at));
  const held = item.row?.contains(document.activeElement);
  if (item.row) item.row.replaceWith(row); else document.getElementById("files").append(row);
  item.row = row;
  if (item.state === "sending") progress(item, 0);
  if (held) row.querySelector("button")?.focus();
}

function actions(item, at) {
  const box = make("div", "app-file__do");
  if (item.state === "failed") {
    const retry = button("govuk-button govuk-button--secondary", "Try again", `: ${item.file.name}`);
    retry.id = `retry-${at}`;
    retry.addEventListener("click", () => { item.state = "queued"; item.error = item.field = ""; draw(item); pump(); });
    box.append(retry);
  }
  if (item.state !== "received") {
    const remove = button("app-text-button", item.state === "sending" ? "Cancel" : "Remove", ` ${item.file.name}`);
    remove.id = `remove-${at}`;
    remove.addEventListener("click", () => take(item));
    box.append(remove);
  } else {
    const link = make("a", "govuk-link", "See the result");
    link.href = `/documents/${item.id}`;
    link.append(make("span", "govuk-visually-hidden", ` of ${item.file.name}`));
    box.append(link);
  }
  return box;
}

// take drops a file that was not received.
function take(item) {
  item.request?.abort();
  URL.revokeObjectURL(item.picture);
  item.row.remove();
  items.splice(items.indexOf(item), 1);
  document.getElementById("chosen").hidden = items.length === 0;
  say(`${item.file.name} removed`);
  input.focus();
  if (items.some((i) => i.state === "received" || i.state === "queued")) pump();
  else start.disabled = busy();
}

function progress(item, part) {
  const p = item.row.querySelector("p");
  const bar = item.row.querySelector("progress");
  if (!bar) return;
  bar.value = Math.round(part * 100);
  p.textContent = `${megabytes(part * item.file.size)} of ${megabytes(item.file.size)} uploaded (${bar.value}%)`;
}

function megabytes(n) {
  return n < 1e6 ? `${Math.ceil(n / 1e3)}KB` : `${(n / 1e6).toFixed(1).replace(/\.0$/, "")}MB`;
}

function button(look, words, hidden) {
  const b = make("button", look, words);
  b.type = "button";
  b.append(make("span", "govuk-visually-hidden", hidden));
  return b;
}

// make builds an element from text, never from markup: file names are foreign.
function make(tag, look = "", words = "") {
  const e = document.createElement(tag);
  if (look) e.className = look;
  if (words) e.textContent = words;
  return e;
}
