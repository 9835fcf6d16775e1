// The photos that are open: coloured one after the other behind the one that is looked at.

import { Cards } from "./cards.js";
import { isHintsOf } from "./hints_file.js";
import { dropKept, keepFile, keepWords, keptPhotos } from "./kept_photos.js";
import { OpenPhoto } from "./open_photo.js";
import { smallPicture } from "./small_picture.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const MOST = 200;
const MOST_BYTES = 2 ** 30;
const BUSY = 429; // the server's answer when too many photos wait
const AGAIN = 3000; // ms until it is asked again then
const REST = 300; // ms that a control rests before what it says is kept
const THUMBNAIL = 160; // pixels

export class Queue {
  photos = [];
  chosen = null; // the one that is looked at, or about to be
  #acts;
  #cards;
  #running = null; // what is coloured in the background: { photo, work }
  #added = 0;
  #timer = 0;
  #noRoom = false; // whether it was said that the browser keeps no more

  // `acts`: what is done when a card is pressed, `choose`; when the photo that is looked at is not to be
  // coloured any more, `cancel`; when one is coloured in the background, `ready`, which says
  // whether it is looked at now; when one has gone, `removed`, with that in its place or null; when
  // anything has changed, `changed`.
  constructor(acts) {
    this.#acts = acts;
    this.#cards = new Cards({
      choose: acts.choose,
      retry: (photo) => this.wait(photo),
      stop: (photo) => {
        if (photo.state !== "waiting" && photo.state !== "busy") this.remove(photo);
        else if (photo === this.chosen && photo !== this.#running?.photo) acts.cancel();
        else this.end(photo, "cancelled");
      },
    });
    $("clear").addEventListener("click", () => {
      // What is looked at goes last, so that no other one takes its place.
      const others = this.photos.filter((photo) => photo !== this.chosen);
      const last = this.photos.filter((photo) => photo === this.chosen);
      for (const photo of [...others, ...last]) this.remove(photo);
    });
  }

  // Take as many files as there is room for, each with the hints among `hints` that are named as its
  // own: what was made of them, and a sentence about the others.
  add(files, look, hints) {
    let room = MOST_BYTES - this.photos.reduce((sum, { file }) => sum + file.size, 0);
    const count = files.findIndex((file, at) => {
      room -= file.size;
      return room < 0 || this.photos.length + at >= MOST;
    });
    const taken = (count < 0 ? files : files.slice(0, count)).map((file) => {
      const photo = new OpenPhoto(this.#key(), file, look);
      photo.given = hints.find((one) => isHintsOf(one, file)) ?? null;
      return photo;
    });
    this.photos.push(...taken);
    this.#changed();
    this.#keepAll(taken);
    const left = files.length - taken.length;
    const most = `${MOST} photos and ${MOST_BYTES / 2 ** 30} GB are the most at a time.`;
    return [taken, left ? `${left} of ${files.length} photos ${left === 1 ? "was" : "were"} not taken: ${most}` : ""];
  }

  // What was open before a reload of the page; `fit` makes a look one that can be had.
  async restore(fit) {
    const found = await keptPhotos();
    for (const { key, file, words } of found) {
      const photo = new OpenPhoto(key, file, fit(words.look));
      photo.said.hints = words.hints;
      photo.thumbnail = words.thumbnail;
      photo.error = words.error;
      photo.state = words.state === "busy" ? "waiting" : words.state;
      this.photos.push(photo);
    }
    this.#changed();
    return found.findLast(({ words }) => words.chosen)?.key;
  }

  // A photo is looked at, or about to be: it is no work of the background's any more.
  choose(photo) {
    this.chosen = photo;
    if (this.#running?.photo === photo) this.#running.work.abort();
    this.#cards.choose(photo);
  }

  // It is under way; so much of it is sent, 0 to 1, or null.
  begin(photo, part = null) {
    Object.assign(photo, { state: "busy", part });
    this.#cards.update(photo);
    if (part === null) this.#changed();
  }

  // It is coloured.
  done(photo) {
    photo.state = "done";
    this.#settle(photo);
    this.#changed();
  }

  // Colour it in its turn.
  wait(photo) {
    photo.state = "waiting";
    this.#changed();
  }

  // It is not looked at after all: it is as it was.
  back(photo) {
    photo.state = photo.thumbnail ? "done" : "waiting";
    this.#changed();
  }

  // It is not to be coloured for now, or cannot be.
  end(photo, state, error = null) {
    if (error?.status === BUSY) {
      this.wait(photo);
      return;
    }
    const coloured = state === "cancelled" && photo.thumbnail;
    Object.assign(photo, { state: coloured ? "done" : state, error: error?.message ?? "" });
    if (this.#running?.photo === photo) this.#running.work.abort();
    this.#keep(photo);
    this.#changed();
  }

  // Have it no more.
  remove(photo) {
    const at = this.photos.indexOf(photo);
    this.photos = this.photos.filter((one) => one !== photo);
    if (this.#running?.photo === photo) this.#running.work.abort();
    clearTimeout(photo.timer);
    photo.forget();
    dropKept(photo.key);
    this.#changed();
    this.#acts.removed(photo, this.photos[at] ?? this.photos[at - 1] ?? null);
  }

  // What is said of a photo has changed: shown small and kept, once it rests.
  settle(photo) {
    clearTimeout(photo.timer);
    photo.timer = setTimeout(() => this.#settle(photo), REST);
  }

  // Its picture goes: it is not looked at any more.
  leave(photo) {
    clearTimeout(photo.timer);
    this.#settle(photo);
    photo.rest();
  }

  #settle(photo) {
    if (!this.photos.includes(photo)) return;
    const { picture, ab } = photo;
    if (picture && ab) {
      const small = smallPicture(picture, ab, photo.look.saturation, THUMBNAIL);
      photo.thumbnail = small.getContext("2d").getImageData(0, 0, small.width, small.height);
    }
    this.#cards.update(photo);
    this.#keep(photo);
  }

  #keep(photo) {
    const { key, look, said, state, error, thumbnail } = photo;
    const words = { look, hints: said.hints, state, error, thumbnail, chosen: photo === this.chosen };
    return keepWords(key, words);
  }

  async #keepAll(photos) {
    for (const photo of photos) {
      const kept = await keepFile(photo.key, photo.file);
      if (!this.photos.includes(photo)) dropKept(photo.key);
      else if (kept) await this.#keep(photo);
      else if (!this.#noRoom) {
        this.#noRoom = true;
        toast("This browser has no room to keep all photos: a reload loses some.");
      }
    }
  }

  // Of those that were added later they are greater.
  #key() {
    this.#added += 1;
    return `${Date.now()}-${String(this.#added).padStart(6, "0")}`;
  }

  // Show all, and go on with what waits.
  #changed() {
    const { photos } = this;
    const count = (state) => photos.filter((photo) => photo.state === state).length;
    $("photos").hidden = photos.length < 2 && !photos.some(({ state }) => state === "failed" || state === "cancelled");
    const left = count("waiting") + count("busy");
    const parts = [`${count("done")} of ${photos.length} photos coloured`];
    if (left) parts.push(`${left} to come`);
    if (count("failed")) parts.push(`${count("failed")} failed`);
    const words = parts.join(", ");
    if ($("photos-state").textContent !== words) $("photos-state").textContent = words;
    this.#cards.show(photos, this.chosen);
    for (const photo of photos) this.#cards.update(photo);
    this.#acts.changed();
    queueMicrotask(() => this.#run()); // once it is known which one is looked at
  }

  async #takeGiven(photo, signal) {
    try {
      photo.said.set(await photo.readGiven());
    } catch (error) {
      toast(`${photo.file.name}: ${error.message}`);
      return;
    }
    await photo.load(signal, () => {});
  }

  async #run() {
    if (this.#running || this.#timer) return;
    const photo = this.photos.find((one) => one.state === "waiting");
    if (!photo) return;
    const work = new AbortController();
    this.#running = { photo, work };
    this.begin(photo);
    try {
      await photo.load(work.signal, (part) => this.begin(photo, part));
      if (photo.given && !work.signal.aborted) await this.#takeGiven(photo, work.signal);
      if (!work.signal.aborted) {
        photo.state = "done";
        if (!this.#acts.ready(photo)) this.leave(photo);
      }
    } catch (error) {
      if (!work.signal.aborted) this.end(photo, "failed", error);
      if (error.status === BUSY) {
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#changed();
        }, AGAIN);
      }
    }
    this.#running = null;
    this.#changed();
  }
}
