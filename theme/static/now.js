// Pages about now: how old they are, local time beside UTC, and the newer page once there is one. Past the moment until
// which a page is valid, it takes back what it said of now. Without this script everything stands.
const MINUTE = 60e3;
const PAUSE = 5 * MINUTE; // between two questions whether there is a newer page
const GAP = "\u00a0";
const all = (css) => [...document.querySelectorAll(css)];
const [asOf, until, age] = [".as-of", ".until", ".age"].map((css) => all(css)[0]);
const at = (time) => Date.parse(time.dateTime);
let asked = Date.now();

function ago(minutes) {
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) return "";
  if (!hours) return `, ${minutes}${GAP}min ago`;
  return days ? `, ${days}${GAP}day${days > 1 ? "s" : ""} ago` : `, ${hours}${GAP}h ago`;
}

// The hour on the reader's clock, with the day where that is not today.
function local(time) {
  const date = new Date(at(time));
  const day = date.toDateString() !== new Date().toDateString() && { day: "numeric", month: "short" };
  return date.toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", ...day });
}

function translate(place) {
  const times = [...place.querySelectorAll("time")];
  if (times.every((time) => !new Date(at(time)).getTimezoneOffset())) return;
  const note = document.createElement("small");
  const said = times.map(local).join(", ");
  note.className = "here";
  note.textContent = times.length > 1 ? ` Your time: ${said}.` : ` (${said} your time)`;
  place.append(note);
}

function expire() {
  document.documentElement.classList.add("expired");
  for (const notice of all(".expiry")) notice.hidden = false;
  for (const claim of all("[data-expired]")) {
    const mark = claim.closest(".st") ?? claim;
    mark.className = mark.className.replace(/^st \S+/, "st unknown");
    claim.lastChild.textContent = ` ${claim.dataset.expired}`;
  }
}

// Nobody loses what they opened, chose, marked or stand on.
function inUse() {
  const focus = document.activeElement;
  return (focus && focus !== document.body) || !getSelection().isCollapsed ||
    all("details[open], input:checked:not([checked])").length > 0;
}

async function renew() {
  if (document.hidden || inUse() || Date.now() - asked < PAUSE) return;
  asked = Date.now();
  const answer = await fetch(location.pathname, { cache: "no-cache" }).catch(() => null);
  const page = answer?.ok ? await answer.text() : "";
  const isSame = page.includes(`class="as-of" datetime="${asOf.dateTime}"`);
  if (page.includes('id="main"') && !isSame && !inUse()) location.reload();
}

function tick() {
  age.textContent = ago(Math.floor((Date.now() - at(asOf)) / MINUTE));
  if (until && Date.now() >= at(until)) expire();
  renew();
}

all(".local").forEach(translate);
tick();
addEventListener("pageshow", tick);
document.addEventListener("visibilitychange", tick);
setInterval(tick, MINUTE / 2);
