// Search by words: asks the index under /pagefind/ and lists what it finds. The rest of the page works without it.
const form = document.getElementById("find");
const list = document.getElementById("found");
const further = document.getElementById("further");
const said = form.querySelector("output");
const direct = document.getElementById("direct");
const hint = said.textContent;
const root = form.dataset.root;
const STEP = 20;
const NOTHING = "No results. Try fewer or other words, an incident’s id, a component, a date such as 2 March 2026, or another name of the " +
  "provider; or look below by month, provider and component.";
let index;
let results = [];
let asked = 0;

// A sentence of plain text; what Pagefind marks as found is marked here, and no other element is let in.
function fill(target, html) {
  for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) {
    const inside = node.nodeName === "MARK" ? document.createElement("mark") : document.createTextNode("");
    inside.textContent = node.textContent;
    target.append(inside);
  }
}

function line(found) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const note = document.createElement("small");
  const text = document.createElement("p");
  link.href = found.url;
  link.textContent = found.meta.title;
  note.textContent = found.meta.note;
  item.append(link, " ", note);
  if (found.meta.told) {
    fill(text, found.excerpt);
    item.append(text);
  }
  return item;
}

async function more(turn) {
  const first = list.childElementCount;
  const found = await Promise.all(results.slice(first, first + STEP).map((result) => result.data()));
  if (turn !== asked) return;
  list.append(...found.map(line));
  further.hidden = list.childElementCount >= results.length;
}

function remember(chosen) {
  const kept = [...chosen].filter(([, value]) => value);
  history.replaceState(null, "", kept.length ? `?${new URLSearchParams(kept)}` : location.pathname);
}

// What a page already exists for: a provider by any of its names, a month by any way to write a date.
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

function month(words) {
  const iso = words.match(/\b(20\d\d)-(\d\d)\b/);
  if (iso) return [Number(iso[1]), Number(iso[2])];
  const year = words.match(/\b20\d\d\b/);
  const name = words.match(new RegExp(`\\b(${MONTHS.join("|")})[a-z]*\\b`));
  return year && name ? [Number(year[0]), MONTHS.indexOf(name[1]) + 1] : null;
}

function place(words) {
  const links = [];
  const wanted = words.toLowerCase();
  for (const option of form.elements.provider.options) {
    const names = option.dataset.names?.split("|") ?? [];
    const fits = (name) => name === wanted || (wanted.length > 2 && (name.startsWith(wanted) || wanted.split(/\s+/).includes(name)));
    if (wanted && names.some(fits)) links.push([option.dataset.url, option.textContent]);
  }
  const at = month(wanted);
  if (at && at[1] >= 1 && at[1] <= 12) {
    links.push([`${root}/incidents/${at[0]}/${String(at[1]).padStart(2, "0")}/`, `Incidents in ${NAMES[at[1] - 1]} ${at[0]}`]);
  }
  direct.replaceChildren(...(links.length ? [strong("Go to")] : []), ...links.slice(0, 6).flatMap(([url, text]) => [" ", anchor(url, text)]));
}

function strong(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}

function anchor(url, text) {
  const element = document.createElement("a");
  element.href = url;
  element.textContent = text;
  return element;
}

async function find() {
  const turn = ++asked;
  const chosen = new FormData(form);
  const marks = [chosen.get("provider"), chosen.get("kind")].filter(Boolean);
  const words = chosen.get("q").trim();
  remember(chosen);
  place(words);
  index ??= await open();
  const options = { filters: Object.fromEntries(marks.map((mark) => [mark, "yes"])) };
  if (chosen.get("order")) options.sort = { date: "desc" };
  const answer = words || marks.length ? await index.search(words || null, options) : null;
  if (turn !== asked) return;
  results = answer ? answer.results : [];
  list.replaceChildren();
  said.textContent = answer ? count(results.length) : hint;
  await more(turn);
}

function count(number) {
  return number ? `${number.toLocaleString("en")} ${number === 1 ? "result" : "results"}` : NOTHING;
}

async function open() {
  const pagefind = await import(`${root}/pagefind/pagefind.js`);
  await pagefind.options({ basePath: `${root}/pagefind/`, baseUrl: `${root}/` });
  await pagefind.init();
  return pagefind;
}

function tell() {
  find().catch(() => { said.textContent = "The index could not be loaded; use the lists below."; });
}

let waiting;
form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(tell, 120); });
form.addEventListener("submit", (event) => { event.preventDefault(); tell(); });
further.addEventListener("click", async () => {
  const first = list.childElementCount;
  await more(asked);
  list.children[first]?.querySelector("a").focus();
});
for (const [name, value] of new URLSearchParams(location.search)) {
  if (form.elements[name]) form.elements[name].value = value;
}
if (location.search) tell();
