"use strict";
// Goes through the steps: which numbers are in the boxes, what lights up, and the words beside it.
const $ = selector => document.querySelector(selector);
const stepsOf = JSON.parse($("#steps").textContent);
const tracks = [...document.querySelectorAll(".view")].map((view, i) => ({
  steps: stepsOf[i], view, svg: view.querySelector("svg"), panel: document.querySelectorAll(".panel")[i],
  sign: document.querySelectorAll(".sign")[i],
}));
const last = tracks[0].steps.length - 1;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const slider = $("#slider"), whole = $("#whole"), panels = $("#panels"), play = $("[data-go=play]");
const embedded = Boolean(window.frameElement);
let at = 0, timer = 0, all = false;  // all: the whole graph is in sight, however small

// What a step looks like.
function show(track) {
  const step = track.steps[at], data = {}, grads = {};
  for (const { data: d, grads: g } of track.steps.slice(0, at + 1)) {
    Object.assign(data, d);
    Object.assign(grads, g);
  }
  const { svg, panel, sign } = track;
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
  if (sign) { sign.textContent = step.sign; sign.hidden = !step.sign; }
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
function showAll() {
  tracks.forEach(show);
  if (at < last) panels.style.minHeight = `${panels.offsetHeight}px`;  // it grows, but does not jump
  reveal();
}

// Which part of the graph is seen.
function size(track) {
  const { svg, view } = track, box = svg.viewBox.baseVal, wide = view.clientWidth;
  const high = embedded ? 440 : Math.max(180, innerHeight * (innerWidth > 760 ? 0.5 : 0.4));
  const most = high / (tracks.length > 1 ? 1.8 : 1);
  const fits = Math.min(wide / box.width, most / box.height);
  const least = tracks.length > 1 ? 0.75 : 0.95;  // two are compared better when all is in sight
  const scale = Math.min(1.5, all || fits >= least ? fits : 0.95);
  svg.setAttribute("width", box.width * scale);
  svg.setAttribute("height", box.height * scale);
  view.style.height = `${Math.min(box.height * scale + 2, most)}px`;
  return fits < scale * 0.999;
}
function placeOf({ steps, svg, view }) {  // what is in hand, from the corner of the graph
  const step = steps[at];
  if (!step.way && !Object.keys(step.grads).length) return null;
  const lit = step.way ? ".input, .result, .hand" : `[data-id="v${step.at}"]`;
  const shapes = [...svg.querySelectorAll(lit)], mine = view.getBoundingClientRect();
  const x = view.scrollLeft - mine.left, y = view.scrollTop - mine.top;
  const boxes = shapes.map(shape => shape.getBoundingClientRect());
  const must = (step.way === "backward" ? svg.querySelector(".hand") : shapes.at(-1)).getBoundingClientRect();
  return {
    left: Math.min(...boxes.map(box => box.left)) + x, right: Math.max(...boxes.map(box => box.right)) + x,
    top: Math.min(...boxes.map(box => box.top)) + y, bottom: Math.max(...boxes.map(box => box.bottom)) + y,
    x: (must.left + must.right) / 2 + x, y: (must.top + must.bottom) / 2 + y,
  };
}
function reveal() {  // two graphs show the same part, if what is in hand in both has room there
  const places = tracks.map(placeOf), lit = places.filter(Boolean);
  if (!lit.length) {  // the first step and the last: the graph from its inputs on
    for (const { view } of tracks) {
      view.scrollTo({ left: 0, top: (view.scrollHeight - view.clientHeight) / 2 });
    }
    return;
  }
  const both = { ...lit[0] };
  for (const place of lit) {
    for (const side of ["left", "top"]) both[side] = Math.min(both[side], place[side]);
    for (const side of ["right", "bottom"]) both[side] = Math.max(both[side], place[side]);
  }
  const { clientWidth, clientHeight } = tracks[0].view;  // the other one is as large
  const room = both.right - both.left <= clientWidth && both.bottom - both.top <= clientHeight;
  tracks.forEach(({ view }, i) => lookAt(view, room ? both : places[i] ?? lit[0]));
}
function lookAt(view, { left, right, top, bottom, x, y }) {
  const middle = (low, high, room, must) => high - low <= room ? (low + high) / 2 : must;
  view.scrollTo({
    left: middle(left, right, view.clientWidth, x) - view.clientWidth / 2,
    top: middle(top, bottom, view.clientHeight, y) - view.clientHeight / 2,
    behavior: still.matches ? "instant" : "smooth",
  });
}
function layOut() {
  whole.hidden = !tracks.map(size).includes(true) && !all;
  panels.style.minHeight = "";
  showAll();
}

// Going from step to step.
function go(to, heard = true) {
  at = Math.max(0, Math.min(last, to));
  showAll();
  const step = tracks[0].steps[at];
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
