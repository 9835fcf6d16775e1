// The photos panel: photos are dropped, chosen or pasted, coloured, compared and downloaded.

import { Archive } from "./archive.js";
import { choices, nameAs } from "./choices.js";
import { Hints } from "./hints.js";
import { isHintsFile, isHintsOf } from "./hints_file.js";
import { noteItem } from "./make.js";
import { Queue } from "./queue.js";
import { save } from "./save.js";
import { Stage } from "./stage.js";
import { Suggestions } from "./suggestions.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const PATIENCE = 150; // ms before a wait is shown

export class Photo {
  #stage = new Stage($("photo"), () => this.#hints.cancel());
  #hints = new Hints(this.#stage, (photo) => {
    this.#queue.settle(photo);
    photo.changed();
  });
  #suggestions = new Suggestions((hints) => this.#hints.take(hints));
  #queue = new Queue({
    choose: (photo) => this.look(photo),
    cancel: () => this.#cancel(),
    ready: (photo) => {
      const free = !this.#shown && !this.#next;
      if (free) this.#colour(photo);
      return free;
    },
    removed: (photo, other) => this.#removed(photo, other),
    changed: () => this.#archive?.update(),
  });
  #archive = new Archive(this.#queue);
  #controls;
  #film;
  #most = Infinity;
  #shown = null; // the OpenPhoto on the stage
  #next = null; // the one that is being sent or coloured; the same, where its model changes
  #work = null; // the AbortController of what runs
  #timer = 0;

  // `controls` says how photos are to be coloured; `film` takes what is one; `opened` is called when
  // a file comes.
  constructor(controls, film, opened) {
    this.#controls = controls;
    this.#film = film;
    $("choose").addEventListener("click", () => $("file").click());
    $("another").addEventListener("click", () => $("file").click());
    $("cancel").addEventListener("click", () => this.#cancel());
    $("download").addEventListener("click", () => this.#download());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#work && !event.defaultPrevented) this.#cancel();
    });
    $("file").addEventListener("change", () => {
      if ($("file").files.length) take($("file").files);
      $("file").value = "";
    });
    addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) take(event.clipboardData.files);
    });
    const take = (files) => {
      opened();
      this.#take([...files]);
    };
    $("zoom-in").addEventListener("click", () => this.#stage.zoom.in());
    $("zoom-out").addEventListener("click", () => this.#stage.zoom.out());
    $("zoom-actual").addEventListener("click", () => this.#stage.zoom.actual(this.#shown.facts.width));
    $("zoom-whole").addEventListener("click", () => this.#stage.zoom.to(1));
    $("photo-full").addEventListener("click", () => fullScreen($("viewer")));
    dropping(take);
  }

  limits(limits) {
    this.#most = limits.upload_bytes;
    $("most").textContent = `, up to ${Math.floor(this.#most / 2 ** 20)}\u00a0MB`;
  }

  // Open again what was open before a reload of the page.
  async restore() {
    const key = await this.#queue.restore((look) => this.#controls.fit(look));
    if (this.#next || this.#shown) return;
    const done = this.#queue.photos.filter(({ state }) => state === "done");
    const photo = done.find((one) => one.key === key) ?? done[0];
    if (photo) this.#colour(photo);
  }

  // The controls have changed.
  restyle() {
    const photo = this.#next ?? this.#shown;
    if (!photo) return;
    const { model } = photo.look;
    photo.look = this.#controls.own;
    if (photo === this.#shown) this.#stage.restyle(photo.look.saturation);
    if (model !== photo.look.model) this.#colour(photo);
    else this.#queue.settle(photo);
  }

  // Files that were given: a film goes its own way.
  async #take(files) {
    const photos = [];
    const films = [];
    for (const file of files) (await this.#film.is(file) ? films : photos).push(file);
    if (films.length) this.#film.take(films);
    if (photos.length) this.open(photos);
  }

  // Open photos, each with its hints where their file comes along; or take hints of what is open.
  open(files) {
    const photos = files.filter((file) => !isHintsFile(file));
    const hints = files.filter(isHintsFile);
    $("photo-error").hidden = true;
    const taken = photos.length ? this.#open(photos, hints) : [];
    const left = hints.filter((file) => !taken.some(({ given }) => given === file));
    for (const file of left) this.#giveHints(file, taken.length === 1 ? taken[0] : null, left.length);
    if (taken.length) this.#colour(taken[0]);
  }

  #open(files, hints) {
    const large = files.filter(({ size }) => size > this.#most);
    const [taken, sentence] = this.#queue.add(files.filter((file) => !large.includes(file)), this.#controls.own, hints);
    if (taken.length === 1) taken[0].alone = true;
    const most = `at most ${Math.floor(this.#most / 2 ** 20)} MB are taken.`;
    const sentences = large.map(({ name }) => `${name} is too large: ${most}`);
    if (sentence) sentences.push(sentence);
    if (sentences.length) this.#fail(sentences.join(" "));
    return taken;
  }

  // A file of hints is for the photo that came with it, for that whose name it has, or, where it is the
  // only one, for that which is looked at.
  #giveHints(file, own, count) {
    const named = this.#queue.photos.find((photo) => isHintsOf(file, photo.file));
    const photo = own ?? named ?? (count === 1 ? this.#next ?? this.#shown : null);
    if (!photo) {
      this.#fail(`${file.name}: open the photo first that these hints belong to.`);
      return;
    }
    photo.given = file;
    if (photo === this.#shown) this.#takeHints();
    else if (photo.state === "done") this.#queue.wait(photo);
    else if (photo === this.#next) toast(`${photo.file.name} is still being coloured: these hints are taken then.`);
  }

  async #takeHints() {
    $("photo-error").hidden = true;
    try {
      await this.#hints.takeGiven();
    } catch (error) {
      this.#fail(error.message);
    }
  }

  // Look at a photo of the list, or at a frame of a film, which is in no list.
  look(photo) {
    if (photo !== (this.#next ?? this.#shown)) this.#colour(photo);
  }

  // Let a frame of a film go.
  drop(frame) {
    this.#queue.remove(frame);
  }

  // A photo of the list has gone: where it was looked at, another one takes its place.
  #removed(photo, other) {
    if (photo !== this.#shown && photo !== this.#next) return;
    if (photo === (this.#next ?? this.#shown)) this.#work?.abort();
    if (photo === this.#next) this.#next = null;
    if (photo === this.#shown) {
      this.#shown = null;
      this.#hints.close();
      this.#stage.clear();
    }
    if (this.#next) return;
    if (this.#shown) this.#return();
    const done = [other, ...this.#queue.photos].find((one) => one?.state === "done");
    if (!this.#shown && done) this.#colour(done);
    else this.#rest(true);
  }

  async #colour(photo) {
    if (this.#next && this.#next !== photo) this.#queue.back(this.#next);
    this.#next = photo;
    this.#queue.choose(photo);
    this.#queue.begin(photo);
    this.#controls.take(photo.look);
    await this.#working("Colouring…", async (signal) => {
      await photo.load(signal, (part) => this.#sent(photo, part));
      if (signal.aborted) return;
      const before = this.#shown;
      this.#next = null;
      this.#shown = photo;
      this.#show(photo);
      if (before && before !== photo) this.#queue.leave(before);
      this.#queue.done(photo);
      if (photo.given) this.#takeHints();
    }, (error) => this.#leave(photo, error));
  }

  async #download() {
    const photo = this.#shown;
    await this.#working("Painting it at full size…", async (signal) => {
      const settings = { ...photo.look, ...choices() };
      const blob = await photo.result(settings, signal);
      if (signal.aborted) return;
      const name = nameAs(photo.facts.name, blob.type);
      save(blob, name);
      toast(`Saved ${name}`);
    }, () => {});
  }

  // Do something under the veil. What is cancelled or fails is left by `leave`.
  async #working(words, what, leave) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    work.leave = leave;
    const held = this.#holdsFocus();
    $("download").disabled = true;
    $("busy-text").textContent = words;
    $("sent").hidden = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#veil(words, held), PATIENCE);
    try {
      await what(work.signal);
    } catch (error) {
      if (work.signal.aborted) return; // another thing runs now, or it was cancelled
      leave(error);
      this.#fail(error.message);
    } finally {
      if (this.#work === work) this.#rest(held);
    }
  }

  #cancel() {
    const { leave } = this.#work;
    const held = this.#holdsFocus();
    this.#work.abort();
    leave();
    this.#rest(held);
    $("photo-said").textContent = "Cancelled.";
  }

  // A photo that did not come: the one before stays, in its own model. One that came alone is put away.
  #leave(photo, error) {
    this.#next = null;
    if (photo === this.#shown) photo.look = { ...photo.look, model: photo.model };
    if (this.#shown) this.#return();
    if (photo === this.#shown) this.#queue.done(photo);
    else if (photo.alone) this.#queue.remove(photo);
    else this.#queue.end(photo, error ? "failed" : "cancelled", error);
  }

  // The photo on the stage is looked at again.
  #return() {
    this.#queue.choose(this.#shown);
    this.#controls.take(this.#shown.look);
  }

  #veil(words, held) {
    const lost = held && focusIsLost();
    $("drop").hidden = true; // where nothing is open yet the veil lies over an empty stage
    $("result").hidden = false;
    $("busy").hidden = false;
    $("photo-said").textContent = words;
    if (lost || this.#holdsFocus()) $("cancel").focus({ preventScroll: true });
  }

  #rest(held) {
    held ||= this.#holdsFocus();
    this.#work = null;
    clearTimeout(this.#timer);
    $("busy").hidden = true;
    $("drop").hidden = Boolean(this.#shown);
    $("result").hidden = !this.#shown;
    $("download").disabled = !this.#shown;
    if (held && focusIsLost()) {
      $(this.#shown ? "download" : "choose").focus({ preventScroll: true });
    }
  }

  // Whether the keyboard is at one of the buttons that come and go.
  #holdsFocus() {
    return ["choose", "another", "cancel", "download"].some((id) => $(id) === document.activeElement);
  }

  #sent(photo, part) {
    this.#queue.begin(photo, part);
    $("sent").value = part;
    $("sent").hidden = part === 1;
    $("busy-text").textContent = part === 1 ? "Colouring…" : `Sending… ${Math.floor(100 * part)} %`;
  }

  #show(photo) {
    const { name, width, height, format, seconds, notes } = photo.facts;
    $("drop").hidden = true;
    $("result").hidden = false;
    this.#stage.show(photo, photo.look.saturation);
    this.#hints.show(photo);
    this.#suggestions.show(photo);
    $("photo-name").textContent = name;
    $("photo-facts").textContent = `${width} × ${height} · ${format.toUpperCase()} · coloured in ${seconds.toFixed(2)} s`;
    $("photo-notes").replaceChildren(...notes.map(noteItem));
    $("photo-said").textContent = `${name} is coloured and ready to download.`;
  }

  #fail(text) {
    $("photo-error").textContent = text;
    $("photo-error").hidden = false;
  }
}

// Fill the screen with an element, or no more.
function fullScreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen?.().catch(() => {});
}

// Whether the keyboard is nowhere: what it was at is not on the screen any more.
function focusIsLost() {
  const active = document.activeElement;
  return !active || active === document.body || active.disabled || !active.checkVisibility();
}

// Files may be dropped anywhere on the page.
function dropping(take) {
  const landing = $("landing");
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!withFiles(event)) return;
    depth += 1;
    landing.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!withFiles(event)) return;
    depth -= 1;
    landing.hidden = depth > 0 ? landing.hidden : true;
  });
  addEventListener("dragover", (event) => { if (withFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    landing.hidden = true;
    if (!withFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
}
