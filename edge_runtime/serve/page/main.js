// The page: its tabs, and what the server says of itself, asked once a second.

import { getExample, getStatus } from "./api.js";
import { Controls } from "./controls.js";
import { Film } from "./film.js";
import { Live } from "./live.js";
import { Photo } from "./photo.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const EVERY = 1000;
const TABS = ["live", "photo"];
const WORDS = {
  running: ["good", "Live"],
  waiting: ["wait", "Waiting for the camera…"],
  reopening: ["wait", "Reopening the camera…"],
  ended: ["bad", "Ended"],
  stopped: ["bad", "Stopped"],
};

// The token has done its work: the server has set a cookie, and it need not stand in the address.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);

const controls = new Controls(() => photo.restyle());
const film = new Film(controls, { look: (frame) => photo.look(frame), drop: (frame) => photo.drop(frame) });
const photo = new Photo(controls, film, () => choose("photo"));
$("example").addEventListener("click", () => getExample().then((file) => photo.open([file]), (error) => toast(error.message)));
let live = null;
let chosen = null;

function choose(name, focus = false) {
  chosen = name;
  for (const tab of TABS) {
    const selected = tab === name;
    $(`panel-${tab}`).hidden = !selected;
    $(`tab-${tab}`).setAttribute("aria-selected", selected);
    $(`tab-${tab}`).tabIndex = selected ? 0 : -1;
    if (selected && focus) $(`tab-${tab}`).focus();
  }
  controls.choose(name === "live" ? "live" : "own");
  watch();
}

for (const tab of TABS) {
  $(`tab-${tab}`).addEventListener("click", () => choose(tab));
  $(`tab-${tab}`).addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") choose(TABS[1 - TABS.indexOf(tab)], true);
  });
}

function watch() {
  live?.watch(chosen === "live" && !document.hidden);
}

function say(tone, text) {
  document.querySelector(".state").dataset.tone = tone;
  if ($("state").textContent !== text) $("state").textContent = text;
}

async function update() {
  try {
    const status = await getStatus();
    if (chosen === null) {
      if (status.live) {
        live = new Live();
        document.querySelector(".tabs").hidden = false;
      }
      $("version").textContent = `TintLite ${status.version}`;
      photo.limits(status.limits);
      film.limits(status.limits);
      controls.status(status);
      choose(status.live ? "live" : "photo");
      photo.restore();
    }
    controls.status(status);
    live?.lost("");
    live?.status(status.live);
    say(...(status.live ? WORDS[status.live.state] : ["good", "Ready"]));
  } catch (error) {
    say("bad", error.status === 0 ? "Connection lost, trying again…" : error.message);
    live?.lost(error.message);
  }
}

let timer = 0;
async function beat() {
  clearTimeout(timer);
  if (document.hidden) return;
  await update();
  timer = setTimeout(beat, EVERY);
}
document.addEventListener("visibilitychange", () => {
  watch();
  beat();
});
beat();
