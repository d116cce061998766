// "My stack": shows only the providers that a reader uses, from the address (?stack=anthropic,openai) or this browser's memory.
const mine = document.querySelector(".mine");
const rows = [...document.querySelectorAll(".ledger tbody tr")];
const [title, picks] = [mine.querySelector("summary"), mine.querySelector(".picks")];
const slugs = rows.map((row) => row.querySelector("th a").pathname.split("/").at(-2));
const KEY = "stack";

function memory(value) {
  try {
    if (value === undefined) return localStorage.getItem(KEY);
    if (value) localStorage.setItem(KEY, value);
    else localStorage.removeItem(KEY);
  } catch { /* a browser without memory still has the address */ }
  return value;
}

const said = new URLSearchParams(location.search).get(KEY);
const chosen = new Set((said ?? memory() ?? "").split(",").filter((slug) => slugs.includes(slug)));
const boxes = rows.map((row, place) => {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = slugs[place];
  box.checked = box.defaultChecked = chosen.has(box.value); // as the page would have it: nothing that keeps it from renewing
  label.append(box, " ", row.querySelector("th a").textContent);
  picks.append(label);
  return box;
});

function show() {
  const stack = boxes.filter((box) => box.checked);
  rows.forEach((row, place) => row.classList.toggle("off", stack.length > 0 && !boxes[place].checked));
  const open = rows.filter((row, place) => boxes[place].checked && row.classList.contains("open")).length;
  const unknown = rows.filter((row, place) => boxes[place].checked && row.classList.contains("un")).length;
  const state = unknown === stack.length ? `${unknown} of unknown status` : `${open || "none"} of ${stack.length} with an open incident`;
  title.textContent = `My stack${stack.length ? `: ${state}${unknown && unknown < stack.length ? `, ${unknown} unknown` : ""}` : ""}`;
  return stack.map((box) => box.value).join(",");
}

mine.hidden = false;
show();
picks.addEventListener("change", (event) => {
  event.target.defaultChecked = event.target.checked;
  const stack = show();
  const address = new URL(location.href);
  if (stack) address.searchParams.set(KEY, stack);
  else address.searchParams.delete(KEY);
  history.replaceState(null, "", address.href.replaceAll("%2C", ","));
  memory(stack);
});
