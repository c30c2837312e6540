"use strict";
// Goes through the steps: which numbers are in the boxes, what lights up, and the words beside it.
const $ = selector => document.querySelector(selector);
const stepsOf = JSON.parse($("#steps").textContent);
const tracks = [...document.querySelectorAll(".view")].map((view, i) => ({
  steps: stepsOf[i], view, svg: view.querySelector("svg"), panel: document.querySelectorAll(".panel")[i],
}));
const last = Math.max(...tracks.map(track => track.steps.length)) - 1;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const slider = $("#slider"), whole = $("#whole"), play = $("[data-go=play]");
const embedded = Boolean(window.frameElement);
let at = 0, timer = 0, all = false;  // all: the whole graph is in sight, however small

function stepOf(track) {  // a shorter track waits in its last step but one for the longer one
  const end = track.steps.length - 1;
  return at === last ? end : Math.min(at, tracks.length > 1 ? end - 1 : end);
}

// What a step looks like.
function show(track) {
  const now = stepOf(track), step = track.steps[now], data = {}, grads = {};
  for (const { data: d, grads: g } of track.steps.slice(0, now + 1)) {
    Object.assign(data, d);
    Object.assign(grads, g);
  }
  const { svg, panel } = track;
  svg.classList.remove("forward", "backward");
  if (step.way) svg.classList.add(step.way);
  const made = "v" + step.node, backward = step.way === "backward";
  const edges = [...svg.querySelectorAll("[data-to]")].filter(e => e.dataset.to === made);
  const inputs = new Set(edges.map(edge => edge.dataset.from));
  for (const shape of svg.querySelectorAll("[data-id]")) {
    const id = shape.dataset.id, number = id.slice(1), there = number in data;
    shape.classList.toggle("later", !there);
    shape.classList.toggle("hand", id === "o" + step.node);
    if (id[0] === "o") continue;
    shape.classList.toggle("input", inputs.has(id));
    shape.classList.toggle("result", id === made);
    shape.classList.toggle("wrong", step.wrong.includes(Number(number)));
    fill(shape.querySelector(".data"), "data", data[number], number in step.data && step.way);
    fill(shape.querySelector(".grad"), "grad", grads[number], number in step.grads);
  }
  svg.querySelectorAll("[data-to]").forEach(edge => edge.classList.toggle("lit", edges.includes(edge)));
  svg.querySelectorAll(".chip").forEach(chip => chip.remove());
  if (backward) addChips(svg, edges, step.adds);
  panel.className = `panel ${step.way}`;
  panel.innerHTML = step.html;
  reveal(track, step);
}
function fill(text, what, number, isNew) {
  text.textContent = `${what} ${number ?? "–"}`;
  text.classList.toggle("missing", number === undefined);
  text.classList.toggle("new", Boolean(isNew));
}
function addChips(svg, edges, texts) {  // what goes back along each edge, written where it starts
  const chips = edges.map((edge, i) => {
    const path = edge.querySelector("path"), wide = 7.3 * texts[i].length + 14;
    const { x, y } = path.getPointAtLength(path.getTotalLength() - wide / 2 - 11);
    return { edge, text: texts[i], wide, x, y };
  }).sort((one, other) => one.y - other.y);
  const middle = chips.reduce((sum, chip) => sum + chip.y, 0) / chips.length;
  chips.forEach(({ edge, text, wide, x, y }, i) => {
    const apart = 24 * (i - (chips.length - 1) / 2);  // none may cover another
    y = apart < 0 ? Math.min(y, middle + apart) : Math.max(y, middle + apart);
    const chip = make("g", { class: "chip" });
    chip.append(make("rect", { x: x - wide / 2, y: y - 10, width: wide, height: 20, rx: 10 }));
    const words = make("text", { x, y: y + 4.2, "text-anchor": "middle" });
    words.textContent = text;
    chip.append(words);
    edge.parentNode.append(chip);
  });
}
function make(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Which part of the graph is seen.
function size(track) {
  const { svg, view } = track, box = svg.viewBox.baseVal, wide = view.clientWidth;
  const high = embedded ? 440 : Math.max(180, innerHeight * (innerWidth > 760 ? 0.5 : 0.4));
  const most = high / (tracks.length > 1 ? 1.8 : 1);
  const fits = Math.min(wide / box.width, most / box.height);
  const scale = all ? Math.min(fits, 1.5) : Math.min(1.5, Math.max(0.95, fits));
  svg.setAttribute("width", box.width * scale);
  svg.setAttribute("height", box.height * scale);
  view.style.height = `${Math.min(box.height * scale + 2, most)}px`;
  return fits < 0.999;
}
function reveal(track, step) {
  const { svg, view } = track;
  if (!step.way && !Object.keys(step.grads).length) {  // the first step: the graph from its inputs on
    return view.scrollTo({ left: 0, top: (view.scrollHeight - view.clientHeight) / 2 });
  }
  const lit = step.way ? ".input, .result, .hand" : `[data-id="v${step.at}"]`;
  const shapes = [...svg.querySelectorAll(lit)];
  const mine = view.getBoundingClientRect();
  const boxes = shapes.map(shape => shape.getBoundingClientRect());
  const side = (low, high, from, room, must) => {  // the middle of all, if all fit
    const start = Math.min(...boxes.map(b => b[low])) - from, end = Math.max(...boxes.map(b => b[high])) - from;
    return end - start <= room ? (start + end) / 2 : must - from;
  };
  const must = step.way === "backward" ? svg.querySelector(".hand") : shapes.at(-1);
  const result = must.getBoundingClientRect();
  const x = side("left", "right", mine.left, view.clientWidth, (result.left + result.right) / 2);
  const y = side("top", "bottom", mine.top, view.clientHeight, (result.top + result.bottom) / 2);
  view.scrollTo({
    left: view.scrollLeft + x - view.clientWidth / 2,
    top: view.scrollTop + y - view.clientHeight / 2,
    behavior: still.matches ? "instant" : "smooth",
  });
}
function keepStill() {  // as much room below the buttons as the longest step needs
  for (const track of tracks) {
    track.panel.style.minHeight = "";
    const heights = track.steps.slice(0, -1).map(step => {
      track.panel.innerHTML = step.html;
      return track.panel.offsetHeight;
    });
    track.panel.style.minHeight = `${Math.max(0, ...heights)}px`;
  }
}
function layOut() {
  whole.hidden = !tracks.map(size).includes(true) && !all;
  keepStill();
  tracks.forEach(show);
}

// Going from step to step.
function go(to, heard = true) {
  at = Math.max(0, Math.min(last, to));
  tracks.forEach(show);
  const [step] = tracks.map(track => track.steps[stepOf(track)]);
  slider.value = at;
  slider.setAttribute("aria-valuetext", `${at + 1} of ${last + 1}: ${step.title}`);
  $("#count").textContent = `${at + 1} of ${last + 1}`;
  for (const name of ["first", "back"]) $(`[data-go=${name}]`).disabled = at === 0;
  for (const name of ["next", "last"]) $(`[data-go=${name}]`).disabled = at === last;
  if (heard) $("#said").textContent = tracks.map(track => track.panel.innerText).join("\n");
  if (at === last) pause();
}
function pause() {
  clearInterval(timer);
  timer = 0;
  play.textContent = "Play";
}
function toggle() {
  if (timer) return pause();
  go(at === last ? 0 : at + 1);
  timer = setInterval(() => go(at + 1), 2200);
  play.textContent = "Pause";
}
const moves = {
  first: () => go(0), back: () => go(at - 1), next: () => go(at + 1), last: () => go(last), play: toggle,
};
for (const button of document.querySelectorAll("[data-go]")) {
  button.onclick = () => {
    if (button !== play) pause();
    moves[button.dataset.go]();
  };
}
slider.oninput = () => { pause(); go(slider.valueAsNumber); };
whole.onclick = () => {
  all = !all;
  whole.textContent = all ? "Close-up" : "Whole graph";
  layOut();
};
const keys = {
  ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", " ": "play",
};
document.addEventListener("keydown", event => {
  const move = keys[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === " " && event.target.closest("button, summary")) return;  // it presses that
  event.preventDefault();
  if (move !== "play") pause();
  moves[move]();
});

$("details").open = false;
$("#controls").hidden = false;
slider.max = last;
const turn = tracks[0].steps.findIndex(step => !step.way && step.title.startsWith("Backward"));
const part = `${100 * Math.max(0, turn - 0.5) / Math.max(1, last)}%`;
slider.style.setProperty("--track",
  `linear-gradient(to right, #8fc1e3 ${part}, #f0b48c ${part})`);
for (const { view } of tracks) view.tabIndex = 0;
let width = 0;
new ResizeObserver(() => {
  if (document.body.clientWidth !== width) { width = document.body.clientWidth; layOut(); }
}).observe(document.body);
layOut();
go(0, false);  // nobody has asked for it yet
