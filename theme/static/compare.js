// Two lists to choose from, in place of the list of links; the page works without them.
const list = document.querySelector(".pick");
const choices = [...list.querySelectorAll("a")].map((link) => [link.pathname.split("/").at(-2), link.textContent]);
const current = list.querySelector("[aria-current]");
const form = document.createElement("form");
const button = document.createElement("button");

function select(name, text, slug) {
  const label = document.createElement("label");
  const box = document.createElement("select");
  box.name = name;
  box.append(...choices.map(([value, words]) => new Option(words, value, false, value === slug)));
  label.append(text, " ", box);
  return label;
}

const first = current ? current.pathname.split("/").at(-2) : choices[0][0];
form.className = "pickers";
button.textContent = "Show";
form.append(select("one", "Compare", first), select("other", "with", choices.find(([slug]) => slug !== first)?.[0]), button);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const pair = [...new FormData(form).values()].sort();
  location.href = `${list.dataset.root}/compare/${pair[0] === pair[1] ? pair[0] : pair.join("/")}/`;
});
list.before(form);
