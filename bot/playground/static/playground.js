// The pages come from the server whole. This swaps in what has changed, sends what people do, and helps with the keyboard.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const log = one("#log");
const text = one("#text");
const isHome = one("#home") !== null; // it is read from its top

// ---- Sending

async function send(action, body) {
  notice("");
  try {
    const response = await fetch(action, { method: "POST", body: new URLSearchParams(body) });
    if (response.ok || response.status === 422) return response;
    notice((await response.text()) || `The playground answered ${response.status}.`);
  } catch {
    notice("The playground does not answer. Is it still running?");
  }
  return null;
}

function notice(words) {
  one("#notice").textContent = words;
}

async function press(element, words) {
  if (element.classList.contains("busy")) return;
  const form = element.closest("form");
  const body = new FormData(form);
  body.append("press", words);
  form.setAttribute("aria-busy", "true");
  element.classList.add("busy");
  const response = await send(form.dataset.pressAction ?? form.getAttribute("action"), body);
  form.removeAttribute("aria-busy");
  element.classList.remove("busy");
  if (response?.status === 422) notice(await response.text());
}

// An element with a confirmation dialog acts only when people say yes.
function confirmed(element) {
  const dialog = document.getElementById(element.dataset.confirm ?? "");
  if (!dialog) return Promise.resolve(true);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "confirm"), { once: true });
  });
}

document.addEventListener("click", async ({ target }) => {
  const element = target.closest("[data-press], [data-answer], [data-fill], [data-close-modal], .see-more, #commands li, #scrim, #drawer");
  if (!element) return;
  const { press: words, answer, fill, command } = element.dataset;
  if (words) {
    element.closest("[popover]")?.hidePopover();
    if (!(await confirmed(element))) return;
    if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener");
    press(element, words);
  } else if (answer) element.closest("dialog").close(answer);
  else if (fill) write(fill);
  else if (command) accept(element);
  else if ("closeModal" in element.dataset) closeModal(element.dataset.closeModal);
  else if (element.id === "drawer" || element.id === "scrim") drawer(element.id === "drawer");
  else unfold(element);
});

// Elements that act when their value changes. Dates are typed part by part, so the last part is waited for.
const WRITTEN = "textarea, input:not([type=radio], [type=checkbox], [type=date], [type=time])";
const waiting = new Map();

function onChange(event) {
  const { target, type, key } = event;
  if (!target.dataset?.change) return;
  if (!target.matches(WRITTEN)) {
    if (type === "change") actSoon(target, target.matches("[type=date], [type=time]") ? 500 : 0);
  } else if (target.dataset.when === "on_character_entered") {
    if (type === "input") actSoon(target, 300);
  } else if (type === "keydown" && key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    actSoon(target, 0);
  }
}

function actSoon(target, delay) {
  clearTimeout(waiting.get(target));
  waiting.set(target, setTimeout(() => act(target), delay));
}

async function act(target) {
  waiting.delete(target);
  if (!target.isConnected) return;
  if (await confirmed(target)) press(target, target.dataset.change);
  else for (const each of all("input", target.closest(".ticks") ?? target.parentElement)) each.checked = each.defaultChecked;
}

for (const type of ["change", "input", "keydown"]) document.addEventListener(type, onChange);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[action='/person']")) return;
  event.preventDefault();
  if (form.matches("#composer")) say();
  else if (form.matches(".modal-form")) submit(form);
  else if (form.matches("[data-quiet]")) {
    form.closest("[popover]")?.hidePopover();
    const response = await send(form.getAttribute("action"), new FormData(form, event.submitter));
    if (response?.status === 422) notice(await response.text());
  }
});

// ---- Following: the same page again, when there is news

async function follow() {
  for (let failures = 0; ; ) {
    try {
      const address = `${location.pathname}?since=${document.body.dataset.version}`;
      const response = await fetch(address, { headers: { accept: "text/html" } });
      if (!response.ok) throw new Error(response.statusText);
      if (response.redirected) return location.assign(response.url);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      // Another tab has become somebody else, and with it this one.
      if (page.body.dataset.person !== document.body.dataset.person) return location.reload();
      show(page);
      if (failures) notice("");
      failures = 0;
    } catch {
      failures += 1;
      if (failures > 1) notice("The playground does not answer. Trying again …");
      await pause(Math.min(300 * 2 ** failures, 5000));
    }
  }
}

function show(page) {
  for (const id of ["you", "clock", "rooms", "head", "modal"]) {
    const shown = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (shown.dataset.part !== fresh.dataset.part) replace(shown, fresh);
  }
  showLog(page.getElementById("log"));
  document.title = page.title;
  document.body.dataset.version = page.body.dataset.version;
}

function showLog(fresh) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const wanted = new Set([...fresh.children].map((part) => part.id));
  for (const part of [...log.children]) if (!wanted.has(part.id)) remove(part);
  [...fresh.children].forEach((part, at) => {
    const shown = document.getElementById(part.id);
    if (!shown) log.insertBefore(part, log.children[at] ?? null);
    else if (shown.dataset.part !== part.dataset.part) replace(shown, part);
  });
  if (atEnd && !isHome) log.scrollTop = log.scrollHeight;
}

function remove(part) {
  const focused = part.contains(document.activeElement);
  part.remove();
  if (focused) (text ?? log).focus();
}

function replace(shown, fresh) {
  const focused = shown.contains(document.activeElement) ? document.activeElement : null;
  const opened = one("dialog.modal", shown);
  const opening = one("dialog.modal", fresh);
  if (opening?.dataset.view === opened?.dataset.view) keepTyped(shown, fresh);
  for (const menu of all(".boxes", fresh)) showChosen(menu);
  if (opening && !opened) opener = document.activeElement?.id;
  const scrolled = one("#modal-blocks", shown)?.scrollTop;
  shown.replaceWith(fresh);
  if (opening) openModal(opening, opened, focused, scrolled);
  else if (opened) (document.getElementById(opener ?? "") ?? text ?? log).focus();
  else if (focused) refocus(focused, text ?? log);
}

// What people typed and did not send yet stays where block and action id stay, as in Slack.
function keepTyped(shown, fresh) {
  for (const old of all("input[name], textarea[name], select[name]", shown)) {
    const same = all(`[name="${CSS.escape(old.name)}"]`, fresh).filter((each) => !["radio", "checkbox"].includes(old.type) || each.value === old.value)[0];
    if (!same || same.tagName !== old.tagName) continue;
    if (["radio", "checkbox"].includes(old.type)) {
      if (old.checked !== old.defaultChecked) same.checked = old.checked;
    } else if (old.tagName === "SELECT") {
      if (!old.selectedOptions[0]?.defaultSelected && [...same.options].some((option) => option.value === old.value)) same.value = old.value;
    } else if (old.value !== old.defaultValue) same.value = old.value;
  }
}

function refocus(old, otherwise) {
  const same = old.id && document.getElementById(old.id);
  (same || otherwise).focus();
  if (same && typeof old.selectionStart === "number") same.setSelectionRange(old.selectionStart, old.selectionEnd);
}

// ---- Modals

let opener = null;
const FIELDS = ":is(input, textarea, select):not(.menu *), .several";

function openModal(dialog, previous, focused, scrolled) {
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeModal();
  });
  if (previous?.dataset.view === dialog.dataset.view) {
    one("#modal-blocks").scrollTop = scrolled;
    if (focused) refocus(focused, one("#modal-title"));
    return;
  }
  const blocks = one("#modal-blocks");
  (one("[data-focus]", blocks) ?? one(FIELDS, blocks) ?? one("#modal-title")).focus();
}

// Back to the modal below, or out of all of them.
async function closeModal(all = "") {
  const dialog = one("dialog.modal");
  if (!dialog || dialog.dataset.closing) return;
  dialog.dataset.closing = "yes";
  if (!(await send(dialog.dataset.close, all ? { all: "yes" } : {}))) delete dialog.dataset.closing;
}

async function submit(form) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const response = await send(form.getAttribute("action"), new FormData(form));
  form.removeAttribute("aria-busy");
  if (response?.status !== 422) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  replace(one("#modal"), page.getElementById("modal"));
  const wrong = one(`#modal .wrong :is(${FIELDS})`);
  wrong?.focus();
  if (wrong?.matches("input")) wrong.select(); // what is typed next takes its place, as after Tab
}

// Files are uploaded as soon as they are chosen; the modal comes back with their names. What is typed goes along.
async function attach(form, words, files = []) {
  const body = new FormData(form);
  body.append("press", words);
  for (const file of files) body.append("files", file);
  form.setAttribute("aria-busy", "true");
  notice("");
  const action = form.getAttribute("action").replace(/submit$/, "attach");
  const response = await fetch(action, { method: "POST", body }).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!response?.ok) return notice((await response?.text()) || "The playground does not answer. Is it still running?");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  replace(one("#modal"), page.getElementById("modal"));
}

document.addEventListener("change", ({ target }) => {
  if (!target.dataset?.attach || !target.files.length) return;
  const files = [...target.files];
  target.value = ""; // the same file can be chosen again
  attach(target.form, target.dataset.attach, files);
});
document.addEventListener("click", ({ target }) => {
  const { detach } = target.closest("[data-detach]")?.dataset ?? {};
  if (detach) attach(target.closest("form"), detach);
});

// ---- The message field

async function say() {
  const form = one("#composer");
  if (!text.value.trim() || form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  one("#refused").textContent = "";
  const response = await send(form.getAttribute("action"), new FormData(form));
  form.removeAttribute("aria-busy");
  if (response?.ok) {
    write("");
    log.scrollTop = log.scrollHeight;
  } else if (response) one("#refused").textContent = await response.text();
}

function write(words) {
  text.value = words;
  text.focus();
  suggest();
}

const suggestions = () => all("#commands li:not([hidden])");
const active = () => one("#commands li[aria-selected=true]");

function suggest() {
  const [word, ...more] = text.value.split(" ");
  const slash = word.startsWith("/") && !text.value.includes("\n");
  for (const item of all("#commands li")) {
    const { command } = item.dataset;
    item.hidden = !(slash && (more.length ? command === word : command.startsWith(word.toLowerCase())));
  }
  select(more.length ? null : suggestions()[0]);
  const open = suggestions().length > 0;
  one("#commands").hidden = !open;
  text.setAttribute("aria-expanded", String(open));
}

function select(item) {
  for (const each of all("#commands li")) each.setAttribute("aria-selected", String(each === item));
  if (item) text.setAttribute("aria-activedescendant", item.id);
  else text.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

function accept(item) {
  write(`${item.dataset.command} `);
}

function hideSuggestions() {
  one("#commands").hidden = true;
  text.setAttribute("aria-expanded", "false");
  select(null);
}

function onKey(event) {
  if (event.isComposing) return;
  const item = active();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (item && step) {
    const list = suggestions();
    select(list.at((list.indexOf(item) + step) % list.length));
  } else if (item && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey && text.value !== item.dataset.command) accept(item);
  else if (!one("#commands").hidden && event.key === "Escape") hideSuggestions();
  else if (event.key === "Enter" && !event.shiftKey) say();
  else return;
  event.preventDefault();
}

if (text) {
  text.addEventListener("input", suggest);
  text.addEventListener("keydown", onKey);
  text.addEventListener("blur", hideSuggestions);
  text.addEventListener("focus", suggest);
  one("#commands").addEventListener("mousedown", (event) => event.preventDefault());
}

// ---- Menus with several choices

const boxes = (menu) => all("input[type=checkbox]", menu);
const chosen = (menu) => boxes(menu).filter((box) => box.checked);

function showChosen(menu) {
  const picked = chosen(menu);
  const full = menu.dataset.most > 1 && picked.length >= Number(menu.dataset.most);
  for (const box of boxes(menu)) box.disabled = full && !box.checked;
  const chips = one(".chips", menu.previousElementSibling);
  chips.replaceChildren(...picked.map((box) => {
    const chip = document.createElement("b");
    chip.textContent = one("span", box.parentElement).firstChild.textContent;
    return chip;
  }));
}

document.addEventListener("change", ({ target }) => {
  const menu = target.closest(".boxes");
  if (!menu || target.matches(".suggest")) return;
  if (menu.dataset.most === "1" && target.checked) for (const box of chosen(menu)) box.checked = box === target;
  showChosen(menu);
});

// What was chosen is sent when the menu closes, and only if it is not what it was.
document.addEventListener("toggle", async ({ target, newState }) => {
  if (!target.matches?.(".boxes[data-closed]") || newState !== "closed") return;
  if (boxes(target).every((box) => box.checked === box.defaultChecked)) return;
  if (await confirmed(target)) return press(target.previousElementSibling, target.dataset.closed);
  for (const box of boxes(target)) box.checked = box.defaultChecked;
  showChosen(target);
}, true);

for (const menu of all(".boxes")) showChosen(menu);

// ---- Options that the app gives while something is typed

const suggesting = new Map();

function suggestSoon(field, delay) {
  clearTimeout(suggesting.get(field));
  suggesting.set(field, setTimeout(() => loadOptions(field), delay));
}

async function loadOptions(field) {
  const typed = field.value.trim();
  if (typed.length < Number(field.dataset.least)) return;
  const action = field.closest("form").getAttribute("action").replace(/submit$/, "suggest");
  const response = await send(action, { press: field.dataset.suggest, typed });
  if (!response || typed !== field.value.trim()) return;
  if (!response.ok) return notice(await response.text());
  const menu = field.closest(".boxes");
  const group = one("[role=group]", menu);
  for (const box of boxes(menu)) if (!box.checked) box.closest(".entry").remove();
  const held = new Set(boxes(menu).map((box) => box.value));
  const found = await response.json();
  for (const [value, label] of found) if (!held.has(value)) group.append(optionEntry(field.dataset.suggest, value, label));
  one(".none", menu).hidden = found.length > 0;
  showChosen(menu);
}

function optionEntry(name, value, label) {
  const entry = document.createElement("label");
  const box = document.createElement("input");
  const words = document.createElement("span");
  entry.className = "entry";
  Object.assign(box, { type: "checkbox", name, value });
  words.textContent = label;
  entry.append(box, words);
  return entry;
}

document.addEventListener("input", ({ target }) => {
  if (target.matches(".suggest")) suggestSoon(target, 250);
});
document.addEventListener("toggle", ({ target, newState }) => {
  const field = newState === "open" && target.matches?.(".boxes") && one(".suggest", target);
  if (field) suggestSoon(field, 0);
}, true);

// ---- Menus, folds, the drawer of a narrow screen

document.addEventListener("toggle", ({ target, newState }) => {
  if (newState !== "open" || !target.matches?.(".menu")) return;
  (one(".filter, .suggest", target) ?? one("[aria-selected=true], [aria-current]", target) ?? one("button, input", target))?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  const move = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" }[event.key];
  if (!menu || !move) return;
  if (event.target.matches(".filter, .suggest") && typeof move === "string") return;
  event.preventDefault();
  const entries = all("button, input[type=checkbox]", menu).filter((entry) => !entry.closest("[hidden]"));
  const at = entries.indexOf(document.activeElement);
  const next = move === "first" ? 0 : move === "last" ? -1 : at < 0 && move < 0 ? -1 : (at + move) % entries.length;
  entries.at(next)?.focus();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches(".filter")) return;
  const words = target.value.trim().toLowerCase();
  for (const entry of all("button, .entry", target.closest(".menu"))) entry.hidden = !entry.textContent.toLowerCase().includes(words);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".filter, .suggest")) {
    event.preventDefault();
    all("button, .entry", event.target.closest(".menu")).find((entry) => !entry.hidden)?.click();
  }
  if (event.key === "Escape" && document.body.classList.contains("drawer-open")) drawer(false);
});

function unfold(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? "See less" : "See more";
  button.previousElementSibling.classList.toggle("open", open);
}

function drawer(open) {
  document.body.classList.toggle("drawer-open", open);
  one("#scrim").hidden = !open;
  one("#drawer").setAttribute("aria-expanded", String(open));
  (open ? one("#switch") : one("#drawer")).focus();
}

if (!isHome) log.scrollTop = log.scrollHeight;
const already = one("#modal dialog.modal");
if (already) openModal(already);
else if (matchMedia("(min-width: 721px)").matches) text?.focus(); // on a phone the keyboard would cover half the page
follow();
