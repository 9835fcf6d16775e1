// The list of photos on the page: a card for each, with its state and what can be done with it.

import { button, make } from "./make.js";

const $ = (id) => document.getElementById(id);

export class Cards {
  #acts;
  #cards = new Map(); // by photo: its elements
  #stop = null; // the photo whose card the Tab key stops at; arrows go on from there

  // `acts`: { choose, stop, retry }, each of a photo; `stop` cancels it or, where nothing is under
  // way, removes it.
  constructor(acts) {
    this.#acts = acts;
    $("cards").addEventListener("keydown", (event) => this.#key(event));
  }

  // Show these photos, in their order.
  show(photos, chosen) {
    const list = $("cards");
    const held = list.contains(document.activeElement);
    const at = [...this.#cards.keys()].indexOf(this.#stop);
    for (const [photo, { item }] of this.#cards) {
      if (photos.includes(photo)) continue;
      item.remove();
      this.#cards.delete(photo);
    }
    for (const photo of photos) {
      if (this.#cards.has(photo)) continue;
      this.#cards.set(photo, this.#card(photo));
      list.append(this.#cards.get(photo).item);
      this.update(photo);
    }
    if (!this.#cards.has(this.#stop)) this.#stop = photos[Math.max(0, Math.min(at, photos.length - 1))] ?? null;
    if (held && !list.contains(document.activeElement)) this.#cards.get(this.#stop)?.open.focus({ preventScroll: true });
    this.choose(chosen);
  }

  // A photo is looked at now.
  choose(chosen) {
    for (const [photo, { open }] of this.#cards) {
      if (photo === chosen) open.setAttribute("aria-current", "true");
      else open.removeAttribute("aria-current");
    }
    if (this.#cards.has(chosen) && !$("cards").contains(document.activeElement)) this.#stop = chosen;
    this.#tabs();
  }

  // A photo's state has changed.
  update(photo) {
    const card = this.#cards.get(photo);
    if (!card) return;
    const { item, words, bar, again, away, canvas } = card;
    const { state, part, file } = photo;
    item.dataset.state = state;
    words.textContent = wordsOf(photo);
    bar.hidden = state !== "busy";
    if (part === null || part === 1) bar.removeAttribute("value");
    else bar.value = part;
    again.hidden = state !== "failed" && state !== "cancelled";
    const act = state === "waiting" || state === "busy" ? "Cancel" : "Remove";
    if (away.title !== act) Object.assign(away, { title: act, ariaLabel: `${act} ${file.name}` });
    if (photo.thumbnail && photo.thumbnail !== card.shown) {
      card.shown = photo.thumbnail;
      Object.assign(canvas, { width: card.shown.width, height: card.shown.height });
      canvas.getContext("2d").putImageData(card.shown, 0, 0);
    }
  }

  #card(photo) {
    const { name } = photo.file;
    const item = make("li");
    const open = button({ className: "card" }, () => this.#acts.choose(photo));
    const canvas = make("canvas", { width: 4, height: 3, ariaHidden: "true" });
    const text = make("span", { className: "card-text" });
    const words = make("span", { className: "card-state" });
    text.append(make("b", { textContent: name, title: name }), words);
    open.append(canvas, text);
    const bar = make("progress", { max: 1, ariaLabel: name, hidden: true });
    const again = button(
      { className: "icon", title: "Retry", ariaLabel: `Retry ${name}`, hidden: true },
      () => this.#acts.retry(photo),
    );
    again.append(make("span", { ariaHidden: "true", textContent: "↻" }));
    const away = button({ className: "icon" }, () => this.#acts.stop(photo));
    away.append(make("span", { ariaHidden: "true", textContent: "×" }));
    item.append(open, again, away, bar);
    item.addEventListener("focusin", () => {
      this.#stop = photo;
      this.#tabs();
    });
    return { item, open, words, bar, again, away, canvas, shown: null };
  }

  // One card alone is on the way of the Tab key.
  #tabs() {
    for (const [photo, { open, again, away }] of this.#cards) {
      for (const one of [open, again, away]) one.tabIndex = photo === this.#stop ? 0 : -1;
    }
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const photos = [...this.#cards.keys()];
    const at = photos.indexOf(this.#stop);
    const targets = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: photos.length - 1 };
    if (event.key === "Delete") this.#acts.stop(this.#stop);
    else if (event.key in targets) this.#cards.get(photos[targets[event.key]])?.open.focus();
    else return;
    event.preventDefault();
  }
}

function wordsOf({ state, part, error, said }) {
  const { length } = said.hints;
  const hints = length === 0 ? "" : length === 1 ? ", 1 said colour" : `, ${length} said colours`;
  return {
    waiting: "Waiting",
    busy: part === null || part === 1 ? "Colouring…" : `Sending… ${Math.floor(100 * part)} %`,
    done: `Done${hints}`,
    failed: error,
    cancelled: "Cancelled",
  }[state];
}
