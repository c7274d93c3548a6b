// Uploads each image by itself, three at a time, in pieces: a line that breaks
// costs a piece and not the image. What has arrived is filed as a document when
// the form is sent. Images are held in memory alone: after a reload the page
// knows what is not finished and asks for the same file again. Without this
// script the same form sends all of them at once.
import { say } from "./app.js";

const parallel = 3;
const mostFiles = 20; // as the server counts
const leastPiece = 128 << 10;
const mostPiece = 4 << 20;
const tags = {
  queued: ["Waiting", "grey"], sending: ["Uploading", ""], waiting: ["Waiting for a connection", "yellow"], there: ["Uploaded", "turquoise"],
  filing: ["Uploaded", "turquoise"], received: ["Received", "green"], found: ["Uploaded earlier", "turquoise"], partial: ["Not finished", "yellow"],
  refused: ["Not accepted", "red"], failed: ["Not uploaded", "orange"],
};
const form = document.querySelector("[data-upload]");
const most = Number(form.dataset.most);
const encounter = document.getElementById("encounter");
const pageOf = form.elements.page_of?.value ?? "";
const captures = [...form.querySelectorAll("[name=capture]")];
const input = document.getElementById("file");
const photo = document.getElementById("photo");
const drop = document.getElementById("drop");
const start = document.getElementById("start");
const onward = document.getElementById("onward");
const waiting = document.getElementById("waiting");
const items = []; // { file, name, size, digest, upload, sent, state, head, id, again, row, error, field, stop, pause }
let started = false;
const mine = (i) => i.state !== "found" && i.state !== "partial"; // of this page, not of an earlier one
const moving = (i) => ["queued", "sending", "waiting", "filing"].includes(i.state);
const ready = (i) => i.state === "there" && (!i.head || i.head.state === "received");

// Files are kept here from now on, so the form must not send them again.
input.removeAttribute("name");
document.getElementById("photo-box").hidden = false;
document.getElementById("drop-hint").hidden = false;
drop.classList.add("is-ready");
for (const li of document.querySelectorAll("#unfinished [data-upload-id]")) {
  const { uploadId, name, size, arrived, digest } = li.dataset;
  items.push({ upload: uploadId, name, size: Number(size), sent: Number(arrived), digest, state: arrived === size ? "found" : "partial", error: "" });
}
document.getElementById("unfinished")?.remove();
redraw();

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
addEventListener("online", () => { for (const i of items) if (i.state === "waiting") goOn(i); });
addEventListener("beforeunload", (e) => { if (busy()) e.preventDefault(); });

function busy() { return items.some((i) => moving(i) || (started && ready(i))); }

function add(files) {
  for (const file of files) {
    const before = items.find((i) => !mine(i) && i.name === file.name && i.size === file.size);
    if (before && crypto.subtle) { // otherwise nobody can tell whether it is the same
      Object.assign(before, { file, state: "queued" });
      continue;
    }
    const item = { file, name: file.name, size: file.size, sent: 0, state: "queued", error: "" };
    // What the server is sure to refuse need not travel first.
    if (file.size === 0) refuse(item, `${file.name} is empty. Take the photo again`);
    if (file.size > most) refuse(item, `${file.name} must be smaller than 20MB`);
    items.push(item);
  }
  redraw();
  const n = items.filter(mine).length;
  say(`${n === 1 ? "1 image" : `${n} images`} chosen`);
  pump();
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

// begin checks the form in the words of the server and files what has arrived.
function begin() {
  const problems = [];
  const chosen = items.filter(mine);
  if (!encounter.value.trim()) problems.push([encounter, encounter.dataset.missing]);
  if (!captures.some((c) => c.checked)) problems.push([captures[0], captures[0].dataset.missing]);
  if (!chosen.some((i) => i.state !== "refused")) problems.push([input, input.dataset.missing]);
  const over = chosen.length - mostFiles;
  if (over > 0) problems.push([input, `You can only add up to ${mostFiles} files. Remove ${over === 1 ? "1 file" : `${over} files`}`]);
  complain(problems);
  if (problems.length) return;
  started = true;
  for (const i of items) if (i.state === "failed") again(i);
  redraw();
  pump();
}

// again tries what failed once more, from where it ended.
function again(item) {
  Object.assign(item, { state: item.sent === item.size && item.upload ? "there" : "queued", error: "", field: "" });
}

// pump starts as much as may run, and ends when nothing is left.
function pump() {
  for (const item of items) {
    if (items.filter((i) => i.state === "sending" || i.state === "filing").length >= parallel) break;
    if (item.state === "queued") run(item, "sending", send);
    else if (started && ready(item)) run(item, "filing", file);
  }
  waiting.hidden = !items.some((i) => i.state === "waiting");
  start.disabled = started && busy();
  if (started && !busy()) finish();
}

// run does one step of one image, and says how it ended.
async function run(item, state, step) {
  item.state = state;
  item.stop = new AbortController();
  draw(item);
  try {
    await step(item);
    item.pause = 0;
  } catch (fault) {
    if (item.stop.signal.aborted) return; // it was removed
    settle(item, fault);
  }
  draw(item);
  pump();
}

// send brings the bytes to the server, from wherever they ended.
async function send(item) {
  const sum = await digest(item.file);
  if (item.upload && item.digest !== sum) Object.assign(item, { upload: "", sent: 0 }); // another file of the same name
  item.digest = sum;
  if (!item.upload) {
    const u = await ask(item, "POST", "/api/v1/uploads", { file_name: item.name, size: item.size, ...(sum && { sha256: sum }) });
    const twin = items.find((i) => i !== item && i.upload === u.id);
    if (twin) twin.state === "partial" || twin.state === "found" ? forget(twin) : refuse(item, `${item.name} is in the list already`);
    if (item.state === "refused") return;
    item.upload = u.id;
  }
  const at = `/api/v1/uploads/${item.upload}`;
  progress(item, (await ask(item, "GET", at)).offset);
  let piece = 2 * leastPiece;
  while (item.sent < item.size) {
    const begun = performance.now();
    const end = Math.min(item.sent + piece, item.size);
    await ask(item, "PATCH", at, item.file.slice(item.sent, end));
    progress(item, end);
    // As large as goes over the line in a second or so.
    const took = performance.now() - begun;
    piece = Math.min(Math.max(took < 700 ? piece * 2 : took > 3000 ? piece / 2 : piece, leastPiece), mostPiece);
  }
  item.state = "there";
}

// file makes a document of what has arrived.
async function file(item) {
  const d = await ask(item, "POST", `/api/v1/uploads/${item.upload}/document`, {
    encounter: encounter.value.trim(), capture: captures.find((c) => c.checked).value, page_of: item.head?.id ?? pageOf,
  });
  Object.assign(item, { state: "received", id: d.id, again: d.duplicate });
}

// digest is the SHA-256 of a file; empty where this browser computes none, as
// over plain HTTP.
async function digest(file) {
  if (!crypto.subtle) return "";
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...sum].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// ask gives the answer of the server, or throws what went wrong.
async function ask(item, method, address, body) {
  const headers = { Accept: "application/json" };
  if (body instanceof Blob) {
    headers["Content-Type"] = "application/offset+octet-stream";
    headers["Upload-Offset"] = item.sent;
  } else if (body) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address, { method, headers, body, signal: item.stop.signal });
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
  } catch {
    throw { lost: true };
  }
  const problem = await answer.json().catch(() => ({}));
  throw { status: answer.status, wait: Number(answer.headers.get("Retry-After")), problem };
}

// settle tells a line that broke, which comes back, from an image that is
// refused, and both from what a person has to mend.
function settle(item, { lost, status, wait, problem = {} }) {
  if (lost || [408, 409, 429, 502, 504].includes(status) || (status === 503 && wait)) {
    pause(item, wait, item.state === "filing" && status !== 409);
    return;
  }
  if (status === 404 && item.upload) { // it was too long ago
    Object.assign(item, { state: item.file ? "queued" : "failed", upload: "", sent: 0 });
    if (item.file) return;
  }
  const wrong = problem.errors?.find((e) => ["/encounter", "/capture", "/page_of"].includes(e.pointer));
  item.state = !wrong && [400, 413, 415].includes(status) ? "refused" : "failed";
  if (status === 503) item.sent = 0; // what arrived was not what was sent
  item.field = wrong && wrong.pointer !== "/page_of" ? wrong.pointer.slice(1) : "";
  item.error = problem.errors?.map((e) => e.detail).filter(Boolean).join(". ") || problem.detail || `${item.name} could not be uploaded. Try again`;
  say(item.error);
}

// pause waits for the line, or for the server, longer each time.
function pause(item, seconds, filed) {
  Object.assign(item, { state: "waiting", next: filed ? "there" : "queued", pause: Math.min((item.pause || 0.5) * 2, 15) });
  if (waiting.hidden) say(waiting.textContent);
  setTimeout(() => goOn(item), 1000 * Math.max(item.pause, seconds || 0));
}

function goOn(item) {
  if (item.state !== "waiting") return;
  item.state = item.next;
  pump();
}

// finish goes to the result when everything arrived. Otherwise it stays, so
// that an image can be tried again, and says where the others are.
function finish() {
  const wanted = items.filter(mine);
  const got = wanted.filter((i) => i.state === "received");
  if (got.length) {
    const query = new URLSearchParams({ encounter: encounter.value.trim() });
    for (const i of got) query.append(i.again ? "again" : "id", i.id);
    const address = got.length === 1 ? `/documents/${got[0].id}` : `/upload/received?${query}`;
    if (got.length === wanted.length) { location.assign(address); return; }
    onward.href = address;
    onward.hidden = false;
  }
  started = false;
  trouble();
}

function trouble() {
  // One wrong answer stops every image: it is said once, at its field.
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
  if (!group) return; // an image says it in its own row
  const message = make("p", "govuk-error-message", words);
  message.dataset.complaint = "";
  group.classList.add("govuk-form-group--error");
  group.querySelector(".govuk-hint").after(message);
}

// redraw makes every row new: what one image can be another side of depends on
// the others.
function redraw() {
  for (const item of items) draw(item);
  document.getElementById("chosen").hidden = items.length === 0;
}

// draw makes the row of one image new: picture, name, state, words and actions.
function draw(item) {
  const at = items.indexOf(item);
  if (at < 0) return;
  const row = make("li", "app-file");
  const [words, colour] = tags[item.state];
  const what = make("div", "app-file__what");
  what.append(make("span", "app-file__name", item.name), make("strong", `govuk-tag${colour ? ` govuk-tag--${colour}` : ""}`, words));
  const size = make("p", "govuk-body-s", item.state === "partial" ? `${megabytes(item.sent)} of ${megabytes(item.size)}. Choose the same file again to go on.` : megabytes(item.size));
  what.append(size);
  if (item.state === "sending" || item.state === "waiting") {
    const bar = make("progress", "app-bar");
    bar.max = 100;
    bar.setAttribute("aria-label", `Upload of ${item.name}`);
    what.append(bar);
  }
  if (item.error) what.append(make("p", "govuk-body app-file__refused", item.error));
  if (item.again) what.append(make("p", "govuk-body", "You already uploaded this file. You see its first result."));
  const side = sideOf(item, at);
  if (side) what.append(side);
  row.append(pictureOf(item), what, actions(item, at));
  const held = item.row?.contains(document.activeElement) && document.activeElement.tagName;
  if (item.row) item.row.replaceWith(row); else document.getElementById("files").append(row);
  item.row = row;
  progress(item, item.sent);
  if (held) (row.querySelector(held.toLowerCase()) ?? row.querySelector("button"))?.focus();
}

function pictureOf(item) {
  const picture = make("img", "app-file__pic");
  picture.alt = "";
  if (item.file) {
    item.picture ??= URL.createObjectURL(item.file);
    picture.src = item.picture;
  } else {
    picture.classList.add("is-empty");
  }
  picture.addEventListener("error", () => picture.classList.add("is-empty")); // no picture, or one that this browser cannot draw
  return picture;
}

// sideOf asks which document an image is another side of.
function sideOf(item, at) {
  const open = (i) => mine(i) && !["refused", "received", "filing"].includes(i.state);
  const heads = items.filter((i) => i !== item && open(i) && !i.head);
  if (pageOf || !open(item) || !heads.length || items.some((i) => i.head === item)) return null;
  const box = make("div", "app-side-of");
  const label = make("label", "govuk-label", "This is");
  label.append(make("span", "govuk-visually-hidden", ` ${item.name}`));
  const select = make("select", "govuk-select");
  select.id = label.htmlFor = `side-${at}`;
  select.append(new Option("a document of its own", ""));
  for (const i of heads) select.append(new Option(`another side of ${i.name}`, items.indexOf(i), false, i === item.head));
  select.addEventListener("change", () => { item.head = items[select.value] ?? null; redraw(); });
  box.append(label, select);
  return box;
}

function actions(item, at) {
  const box = make("div", "app-file__do");
  if (item.state === "failed") {
    const retry = button("govuk-button govuk-button--secondary", "Try again", `: ${item.name}`);
    retry.id = `retry-${at}`;
    retry.addEventListener("click", () => { again(item); started = true; draw(item); pump(); });
    box.append(retry);
  }
  if (item.state === "found") {
    const use = button("govuk-button govuk-button--secondary", "Add to this encounter", `: ${item.name}`);
    use.addEventListener("click", () => { item.state = "there"; redraw(); pump(); });
    box.append(use);
  }
  if (item.state !== "received" && item.state !== "filing") {
    const remove = button("app-text-button", item.state === "sending" ? "Cancel" : "Remove", ` ${item.name}`);
    remove.id = `remove-${at}`;
    remove.addEventListener("click", () => take(item));
    box.append(remove);
  } else if (item.id) {
    const link = make("a", "govuk-link", "See the result");
    link.href = `/documents/${item.id}`;
    link.append(make("span", "govuk-visually-hidden", ` of ${item.name}`));
    box.append(link);
  }
  return box;
}

// take drops an image that was not received, here and on the server.
function take(item) {
  item.stop?.abort();
  if (item.upload) fetch(`/api/v1/uploads/${item.upload}`, { method: "DELETE" }).catch(() => {}); // it expires by itself
  forget(item);
  redraw();
  say(`${item.name} removed`);
  input.focus();
  pump();
}

function forget(item) {
  if (item.picture) URL.revokeObjectURL(item.picture);
  item.row?.remove();
  items.splice(items.indexOf(item), 1);
  for (const i of items) if (i.head === item) i.head = null;
}

function progress(item, sent) {
  item.sent = sent;
  const bar = item.row.querySelector("progress");
  if (!bar) return;
  bar.value = Math.round((sent / item.size) * 100);
  item.row.querySelector("p").textContent = `${megabytes(sent)} of ${megabytes(item.size)} uploaded (${bar.value}%)`;
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
