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

// What a page already exists for: a provider by any of its names, a month or a day by any way to write a date.
const NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const MONTHS = NAMES.map((name) => name.slice(0, 3).toLowerCase());
const ISO = /\b(20\d\d)-(\d\d)(?:-(\d\d))?\b/;
const YEAR = /\b20\d\d\b/;
const NAME = `\\b(?:sept|${NAMES.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join("|").toLowerCase()})\\b`;
const NUMBER = "\\b(\\d{1,2})(?:st|nd|rd|th)?\\b";
const DATE = new RegExp(`${NUMBER} (?:of )?${NAME}|${NAME} ${NUMBER}|${NAME}`); // 2 March, March 2nd, March
const dayPages = new Map(form.dataset.dayPages.split(";").map((month) => month.split(" ")).map(([month, ...days]) => [month, days.map(Number)]));

function pad(number) {
  return String(number).padStart(2, "0");
}

// The date in some words in small letters, and what else they say; without a year, of a day of the newest year that has its month.
function dated(words) {
  const iso = words.match(ISO);
  if (iso) return date(Number(iso[1]), Number(iso[2]), Number(iso[3] ?? 0), words.replace(ISO, " "));
  const year = words.match(YEAR);
  const match = words.match(DATE);
  const day = Number(match?.[1] ?? match?.[2] ?? 0);
  if (!match || !(year || day)) return null;
  const month = MONTHS.findIndex((name) => match[0].includes(name)) + 1;
  return date(year ? Number(year[0]) : newest(month), month, day, words.replace(DATE, " ").replace(YEAR, " "));
}

function date(year, month, day, rest) {
  return year && day <= 31 && month >= 1 && month <= 12 ? { year, month, day, rest: rest.replace(/\b(of|on|the)\b|[,.]/g, " ").trim() } : null;
}

function address(year, month) {
  return `${root}/incidents/${year}/${pad(month)}/`;
}

function exists(year, month) {
  return document.querySelector(`a[href="${address(year, month)}"]`) !== null;
}

function newest(month) {
  const last = new Date().getUTCFullYear();
  return [...Array(last - 2000).keys()].map((age) => last - age).find((year) => exists(year, month));
}

// Where the incidents of a month are listed, or of a day in it.
function listing({ year, month, day }) {
  if (!exists(year, month)) return [];
  const whole = [address(year, month), `Incidents in ${NAMES[month - 1]} ${year}`];
  if (!day) return [whole];
  const later = (dayPages.get(`${year}-${pad(month)}`) ?? []).filter((first) => first >= day).length;
  return [[`${whole[0]}${later ? `${later + 1}/` : ""}#d-${year}-${pad(month)}-${pad(day)}`, `Incidents on ${day} ${NAMES[month - 1]} ${year}`], whole];
}

function place(words, when) {
  const links = [];
  const pair = []; // the first two providers that are compared
  const wanted = words.toLowerCase();
  for (const option of form.elements.provider.options) {
    const names = option.dataset.names?.split("|") ?? [];
    const fits = (name) => name === wanted || (wanted.length > 2 && (name.startsWith(wanted) || wanted.split(/\s+/).includes(name)));
    if (!wanted || !names.some(fits)) continue;
    links.push([option.dataset.url, option.textContent]);
    if (option.dataset.slug && pair.length < 2) pair.push(option);
  }
  if (pair.length === 2 && wanted.includes(" ")) {
    const [one, other] = pair.map((option) => option.dataset.slug).sort();
    links.push([`${root}/compare/${one}/${other}/`, `${pair[0].textContent} and ${pair[1].textContent} compared`]);
  }
  if (when) links.unshift(...listing(when));
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
  const when = dated(words.toLowerCase());
  place(words, when);
  index ??= await open();
  const options = { filters: Object.fromEntries(marks.map((mark) => [mark, "yes"])) };
  if (chosen.get("order")) options.sort = { date: "desc" };
  const answer = words || marks.length ? await ask(words, when, options) : null;
  if (turn !== asked) return;
  results = answer ? answer.results : [];
  list.replaceChildren();
  said.textContent = answer ? count(results.length) : hint;
  await more(turn);
}

// The index has each incident's day as 2026-03-02: what happened that day, also where nothing else in the words is found.
async function ask(words, when, options) {
  if (!when?.day) return index.search(words || null, options);
  const day = `${when.year}-${pad(when.month)}-${pad(when.day)}`;
  const exact = await index.search(`${when.rest} ${day}`.trim(), options);
  return exact.results.length ? exact : index.search(day, options);
}

function count(number) {
  if (!number && direct.childElementCount) return "No other results.";
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
