// Saying colours: points and lines on the photo, each with a colour from the palette.

import { stemOf } from "./hints_file.js";
import { make } from "./make.js";
import { Palette } from "./palette.js";
import { save } from "./save.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const MOST = 500; // hints of one picture
const SLOP = 6; // pixels a pointer moves before it draws or drags
const LINE_STEP = 0.05; // between the points of a line, in parts of the frame's longer side
const LINE_MOST = 40;
const MOVE = 0.01; // for each press of an arrow, in parts of the frame; five times that with Shift

export class Hints {
  #stage;
  #palette = new Palette($("palette"));
  #layer = make("div", { className: "points" });
  #photo = null;
  #on = false;
  #cut = 50; // where the divider is while no colours are said
  #fresh = []; // places that have no colour yet: points of the newest line
  #lines = 0;
  #stroke = null; // what a pointer sets or draws: { id, x, y, places }
  #drag = null; // the point that a pointer moves: { at, x, y, moved }
  #asking = false;
  #stale = false;
  #told;

  // `told` is called with the photo of which something else is said, and again once it is coloured so.
  constructor(stage, told) {
    this.#stage = stage;
    this.#told = told;
    const { element } = stage;
    element.append(this.#layer);
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#draw(event));
    element.addEventListener("pointerup", (event) => this.#release(event));
    element.addEventListener("pointercancel", () => this.cancel());
    element.addEventListener("click", () => this.#tap());
    $("say").addEventListener("click", () => this.#turn(!this.#on));
    $("new-point").addEventListener("click", () => this.#newPoint());
    $("undo").addEventListener("click", () => this.#step("undo"));
    $("redo").addEventListener("click", () => this.#step("redo"));
    $("save-hints").addEventListener("click", () => this.#save());
    addEventListener("keydown", (event) => this.#shortcut(event));
  }

  // Another photo is on the stage, or the same one in the colours of another model.
  show(photo) {
    if (photo !== this.#photo) {
      this.#photo = photo;
      this.#fresh = [];
      this.#palette.forget();
      this.#lines = Math.max(this.#lines, ...photo.said.hints.map(({ line }) => line));
      if (!photo.said.hints.length) this.#turn(false);
    }
    this.#mark();
    if (photo.answered !== photo.said.hints) this.#ask();
  }

  // What a pointer had begun is nothing: the page is scrolled, or two fingers have come down.
  cancel() {
    if (!this.#stroke) return;
    this.#stroke = null;
    this.#fresh = [];
    this.#mark();
  }

  // No photo is on the stage any more.
  close() {
    this.#turn(false);
  }

  // Take the hints of the file that was given for the photo; an Error says in a sentence why not.
  async takeGiven() {
    const photo = this.#photo;
    const hints = await photo.readGiven();
    if (photo === this.#photo) this.take(hints);
    else photo.said.set(hints);
    toast(hints.length === 1 ? "One said colour is back." : `${hints.length} said colours are back.`);
  }

  // Let these be the hints, each a point of its own; what was said before can be had back by undo.
  take(hints) {
    this.#drop();
    this.#photo.said.set(hints.map((hint) => ({ ...hint, line: ++this.#lines })));
    if (hints.length) this.#turn(true);
    this.#changed();
  }

  #turn(on) {
    if (on !== this.#on) {
      this.#on = on;
      if (on) this.#cut = this.#stage.compare.cut;
      this.#stage.compare.move(on ? 0 : this.#cut); // said colours are seen on the coloured side
      this.#stage.saying = on;
    }
    if (!on) this.#drop();
    $("say").setAttribute("aria-pressed", on);
    $("say-tools").hidden = $("say-help").hidden = !on;
    this.#mark();
  }

  // The list has changed: show it, and have it answered.
  #changed() {
    this.#mark();
    this.#ask();
  }

  // Have the picture coloured by the newest hints; those in between are passed over.
  async #ask() {
    this.#stale = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#stale) {
      this.#stale = false;
      const photo = this.#photo;
      this.#told(photo);
      try {
        await photo.recolour();
        if (photo === this.#photo) this.#stage.recolour();
        this.#told(photo);
      } catch (error) {
        toast(error.message);
        if (error.status === 422 && photo.said.canUndo) {
          photo.said.takeBack();
          this.#stale = true;
          this.#mark();
        }
      }
    }
    this.#asking = false;
  }

  // New points

  #press(event) {
    if (!this.#on || event.button !== 0 || !event.isPrimary) return;
    if (event.target.closest(".veil, .point, .divider")) return;
    this.#stroke = { id: event.pointerId, x: event.clientX, y: event.clientY, places: [this.#stage.zoom.at(event)] };
    if (event.pointerType !== "touch") event.preventDefault();
  }

  #draw(event) {
    const stroke = this.#stroke;
    if (stroke?.id !== event.pointerId) return;
    const [across, along] = [event.clientX - stroke.x, event.clientY - stroke.y];
    if (stroke.places.length === 1 && Math.hypot(across, along) < SLOP) return;
    const { clientWidth, clientHeight } = this.#stage.element;
    const step = LINE_STEP * Math.max(clientWidth, clientHeight);
    if (Math.hypot(across, along) < step || stroke.places.length === LINE_MOST) return;
    this.#palette.hide();
    this.#stage.element.setPointerCapture(event.pointerId);
    Object.assign(stroke, { x: event.clientX, y: event.clientY });
    stroke.places.push(this.#stage.zoom.at(event));
    this.#fresh = stroke.places.map(inside);
    this.#mark();
  }

  #release(event) {
    if (this.#stroke?.id === event.pointerId && this.#stroke.places.length > 1) this.#end();
  }

  // Not before the click is over, which would else be one on the palette.
  #tap() {
    if (this.#stroke) this.#end();
  }

  #end() {
    const { places } = this.#stroke;
    this.#stroke = null;
    if (this.#begin(places)) this.#choose(this.#photo.said.hints.length + places.length - 1);
  }

  #newPoint() {
    if (!this.#begin([this.#stage.zoom.under(0.5, 0.5)])) return;
    this.#layer.lastElementChild.focus();
  }

  // Set points that have no colour yet; whether there is room for them.
  #begin(places) {
    this.#palette.hide();
    const room = this.#photo.said.hints.length + places.length <= MOST;
    this.#lines += 1;
    this.#fresh = room ? places.map(inside) : [];
    if (!room) toast(`A picture takes ${MOST} hints at most.`);
    this.#mark();
    return room;
  }

  // Give up points that have no colour yet.
  #drop() {
    this.#palette.hide();
    this.#fresh = [];
    this.#mark();
  }

  // All points, those without a colour last.
  get #points() {
    const fresh = this.#fresh.map((place) => ({ ...place, colour: null, radius: 0, line: this.#lines }));
    return [...(this.#photo?.said.hints ?? []), ...fresh];
  }

  // Let the colour of a point be chosen, and of those in its line.
  #choose(at) {
    const { line, colour, x, y } = this.#points[at];
    this.#photo.said.settle();
    this.#palette.show(this.#layer.children[at].getBoundingClientRect(), {
      lab: this.#stage.colourAt(x, y),
      colour,
      choose: (chosen) => this.#colour(line, chosen),
      remove: colour === null ? null : () => this.#remove(line),
      closed: () => {
        if (this.#fresh.length) this.#drop();
        (this.#layer.children[at] ?? $("new-point")).focus({ preventScroll: true });
      },
    });
  }

  #colour(line, colour) {
    const points = this.#points;
    this.#fresh = [];
    this.#photo.said.set(
      points.map((point) => (point.line === line ? { ...point, colour } : point)), `colour ${line}`,
    );
    this.#changed();
  }

  #remove(line) {
    const { said } = this.#photo;
    if (this.#fresh.length) this.#drop();
    if (said.hints.some((point) => point.line === line)) {
      said.set(said.hints.filter((point) => point.line !== line));
      this.#changed();
    }
    (this.#layer.lastElementChild ?? $("new-point")).focus({ preventScroll: true });
  }

  #move(at, place) {
    const { said } = this.#photo;
    const { x, y } = inside(place);
    const fresh = at - said.hints.length;
    if (fresh >= 0) {
      this.#fresh = this.#fresh.map((one, n) => (n === fresh ? { x, y } : one));
      this.#mark();
      return;
    }
    said.set(said.hints.map((point, n) => (n === at ? { ...point, x, y } : point)), `move ${at}`);
    this.#changed();
  }

  #step(which) {
    this.#drop();
    this.#photo.said[which]();
    this.#changed();
  }

  #save() {
    const name = `${stemOf(this.#photo.file.name)}.hints.json`;
    save(this.#photo.hintsBlob(), name);
    toast(`Saved ${name}`);
  }

  #shortcut(event) {
    if (!this.#on || !(event.ctrlKey || event.metaKey) || event.altKey || event.target.type === "number") return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.#step(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  // Show the points, and what can be done with them.
  #mark() {
    const points = this.#on ? this.#points : [];
    const held = this.#layer.contains(document.activeElement);
    while (this.#layer.children.length > points.length) this.#layer.lastElementChild.remove();
    while (this.#layer.children.length < points.length) this.#layer.append(this.#dot(this.#layer.children.length));
    points.forEach(({ x, y, colour, line }, at) => {
      const dot = this.#layer.children[at];
      dot.style.left = `${100 * x}%`;
      dot.style.top = `${100 * y}%`;
      dot.style.setProperty("--said", colour === "grey" ? "#808080" : colour ?? "transparent");
      dot.classList.toggle("fresh", colour === null);
      dot.classList.toggle("inner", points[at + 1]?.line === line);
      const where = `${Math.round(100 * x)} % from the left, ${Math.round(100 * y)} % from the top`;
      dot.ariaLabel = `Point ${at + 1}: ${colour ?? "no colour yet"}, ${where}`;
    });
    if (held && !this.#layer.contains(document.activeElement)) $("new-point").focus({ preventScroll: true });
    const said = this.#photo?.said;
    $("undo").disabled = !said?.canUndo;
    $("redo").disabled = !said?.canRedo;
    $("save-hints").disabled = !said?.hints.length;
  }

  #dot(at) {
    const dot = make("button", { type: "button", className: "point" });
    dot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#drag = { x: event.clientX, y: event.clientY, moved: false };
      dot.setPointerCapture(event.pointerId);
    });
    dot.addEventListener("pointermove", (event) => {
      const drag = this.#drag;
      if (!drag || !dot.hasPointerCapture(event.pointerId)) return;
      drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= SLOP;
      if (!drag.moved) return;
      this.#palette.hide();
      this.#move(at, this.#stage.zoom.at(event));
    });
    dot.addEventListener("pointercancel", () => { this.#drag = null; });
    dot.addEventListener("click", () => {
      const moved = this.#drag?.moved;
      this.#drag = null;
      const fresh = at >= this.#photo.said.hints.length;
      if (moved) this.#photo.said.settle();
      if (!moved || fresh) this.#choose(at);
    });
    dot.addEventListener("focus", () => {
      const { x, y } = this.#points[at];
      this.#stage.zoom.reveal(x, y);
    });
    dot.addEventListener("keydown", (event) => this.#key(event, at));
    return dot;
  }

  #key(event, at) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { x, y, line, colour } = this.#points[at];
    const step = (MOVE * (event.shiftKey ? 5 : 1)) / this.#stage.zoom.by;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key in moves) {
      const [across, along] = moves[event.key];
      const place = inside({ x: x + across, y: y + along });
      this.#palette.hide();
      this.#move(at, place);
      this.#stage.zoom.reveal(place.x, place.y);
    } else if (event.key === "Delete" || event.key === "Backspace" || (event.key === "Escape" && colour === null)) {
      this.#remove(line);
    } else {
      return;
    }
    event.preventDefault();
  }
}

function inside({ x, y }) {
  const share = (value) => Math.min(1, Math.max(0, Math.round(value * 1e5) / 1e5));
  return { x: share(x), y: share(y) };
}
