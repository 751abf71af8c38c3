// The window onto the graph: what of it is in view, drawn anew in a frame when something changed.

const FEW = 60; // With more places than this, lines between apps show where something moves alone.

const SMALLEST = 0.92; // Below this, print is too small to read.

let canvases = 0;

class Canvas {
  /** `hands` has pick(id), fold(app) and key(event). */
  constructor(height, looks, hands) {
    this.hands = hands;
    this.prefix = `miglab-${++canvases}`;
    this.places = null;
    this.scene = { looks, planned: {}, target: null, locks: {} };
    this.cursor = null;
    this.revision = 0;
    this.drawn = new Map();
    this.at = { x: 0, y: 0, scale: 1 };
    // As last seen: for a moment it may have no size, as while the page changes its theme.
    this.room = [0, 0];
    this.edges = make("svg:g", { role: "none" });
    this.cards = make("svg:g", { role: "none" });
    this.world = make("svg:g", { role: "none" }, this.edges, this.cards);
    this.svg = make(
      "svg:svg",
      {
        class: "miglab-graph",
        role: "listbox",
        tabindex: 0,
        "aria-label": "Migrations: choose a target. Arrow keys move, Enter chooses, F folds an app.",
        keydown: (event) => hands.key(event),
      },
      this.world,
    );
    this.most = height;
    this.signs = new Signs((x, y) => this.look(x, y));
    this.root = make("div", { class: "miglab-stage", style: `height:${height}px` }, this.svg, ...this.signs.all);
    listenToPointer(this);
  }

  /** Follow the room on the page; returns a function that ends this. */
  begin() {
    let width = 0;
    const sizes = new ResizeObserver(() => {
      const room = this.root.clientWidth;
      if (!room) return;
      this.room = [room, this.root.clientHeight];
      if (!this.places) return;
      if (room === width) return this.draw();
      width = room;
      // Whoever has zoomed or moved it has chosen what is in view.
      if (this.began && this.touched) this.draw();
      else this.first();
    });
    sizes.observe(this.root);
    return () => sizes.disconnect();
  }

  /** Take other places, with the cursor where it was, or at the end of the same app. */
  lay(places) {
    this.places = places;
    if (!places.all.has(this.cursor)) {
      const lane = places.inApp(appOf(this.cursor ?? ".")) ?? places.order[0];
      this.cursor = lane ? lane.at(-1).id : null;
    }
    if (this.began && !this.touched) this.fitAgain();
    this.draw(true);
  }

  // -- what is in view

  first() {
    this.began = true;
    this.fitAgain();
  }

  fitAgain() {
    this.fit();
    if (this.at.scale < SMALLEST) {
      this.at = { x: 4, y: 4, scale: 1 };
      this.adjust();
      this.show(this.scene.target ?? this.cursor, true);
    }
  }

  /** Show the whole graph, in a stage of its height unless somebody has resized the stage. */
  fit() {
    this.touched = false;
    const { width, height } = this.places.size;
    const across = Math.min(1, (this.root.clientWidth - 8) / width);
    const scale = Math.min(across, (this.most - 8) / height);
    this.at = { scale, x: 4, y: 4 };
    this.adjust();
    this.draw();
  }

  adjust() {
    const pulled = this.own && this.root.style.height !== this.own;
    if (pulled) return;
    const height = Math.min(this.most, Math.ceil(this.places.size.height * this.at.scale + 10));
    this.own = this.root.style.height = `${height}px`;
  }

  /** Somebody chooses what is in view. */
  zoomBy(by) {
    this.touched = true;
    this.zoom(by);
  }

  /** Move the view sideways, up or down, by most of its size. */
  look(x, y) {
    this.touched = true;
    const { clientWidth, clientHeight } = this.root;
    const { width, height } = this.places.size;
    const along = (at, by, room, whole) => Math.min(4, Math.max(at - by * room * 0.75, room - whole * this.at.scale - 4));
    if (x) this.at.x = along(this.at.x, x, clientWidth, width);
    if (y) this.at.y = along(this.at.y, y, clientHeight, height);
    this.draw();
  }

  zoom(by, x = this.root.clientWidth / 2, y = this.root.clientHeight / 2) {
    const scale = Math.min(2, Math.max(0.05, this.at.scale * by));
    by = scale / this.at.scale;
    this.at = { scale, x: x - (x - this.at.x) * by, y: y - (y - this.at.y) * by };
    this.draw();
  }

  /** Bring a card into view, and nothing more than that; or into the middle. */
  show(id, middle = false) {
    const place = id && this.places.of(id);
    if (!place) return;
    const { clientWidth: width, clientHeight: height } = this.root;
    const { scale } = this.at;
    const along = (at, start, size, room, whole) => {
      const margin = Math.min(40, room / 8);
      if (whole * scale <= room) return Math.max(0, Math.min(at, 4));
      let wanted = at;
      if (middle) wanted = room / 2 - (start + size / 2) * scale;
      else if (at + start * scale < 0) wanted = margin - start * scale;
      else if (at + (start + size) * scale > room) wanted = room - margin - (start + size) * scale;
      else return at;
      // Nothing is to be seen beyond the edges.
      return Math.min(4, Math.max(wanted, room - whole * scale - 4));
    };
    this.at.x = along(this.at.x, place.x, place.width, width, this.places.size.width);
    this.at.y = along(this.at.y, place.y, place.height, height, this.places.size.height);
    this.draw();
  }

  // -- drawing

  /** Ask for a new frame; if `all` is true, elements that exist are drawn again too. */
  draw(all = false) {
    this.stale ||= all;
    if (this.asked || !this.places) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.frame();
    });
  }

  frame() {
    const stale = this.stale;
    this.stale = false;
    const { x, y, scale } = this.at;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.svg.classList.toggle("miglab-far", scale < 0.35);
    // Folded apps and headings stay in view, however far to the right one looks.
    const edge = Math.max(LANE.left, (8 - x) / scale);
    for (const place of this.places.all.values()) if (place.kind === "folded") place.x = edge;
    const { lanes, cards } = this.inView();
    for (const [id, element] of this.drawn)
      if (!lanes.has(id) && !cards.has(id)) {
        element.remove();
        this.drawn.delete(id);
      }
    for (const [id, lane] of lanes) this.drawLane(id, lane, edge, stale);
    for (const [id, place] of cards) this.drawCard(id, place, stale);
    this.svg.setAttribute("aria-activedescendant", this.cursor ? this.idOf(this.cursor) : "");
    this.drawLines(cards, stale);
    this.signs.follow(this.places.all.values(), this.at, this.room);
    this.root.dataset.revision = this.revision;
    this.root.dataset.shown = this.drawn.size;
  }

  /** Lanes and places in view, or nearly. */
  inView() {
    const { x, y, scale } = this.at;
    const near = 200;
    const [left, top] = [(-x - near) / scale, (-y - near) / scale];
    const right = left + (this.room[0] + 2 * near) / scale;
    const bottom = top + (this.room[1] + 2 * near) / scale;
    const lanes = new Map();
    for (const lane of this.places.lanes)
      if (lane.top < bottom && lane.top + lane.height > top) lanes.set(`lane ${lane.app}`, lane);
    const cards = new Map();
    for (const [id, place] of this.places.all) {
      const across = place.x < right && place.x + place.width > left;
      const down = place.y < bottom && place.y + place.height > top;
      if ((across && down) || id === this.cursor) cards.set(id, place);
    }
    return { lanes, cards };
  }

  idOf(id) {
    return `${this.prefix}-${id}`;
  }

  /** The element of this name, made if it is missing; and whether it was made. */
  element(id, create) {
    const there = this.drawn.get(id);
    if (there) return [there, false];
    const made = create();
    made.dataset.miglab = id;
    this.drawn.set(id, made);
    return [made, true];
  }

  drawLane(id, lane, edge, stale) {
    const [element, made] = this.element(id, () => newLane(lane, this.hands.fold));
    if (made) this.cards.prepend(element);
    if (made || stale) dressLane(element, lane);
    const aside = Math.max(0, Math.min(edge - LANE.left, lane.width - widthOf(lane.heading, "big") - 55));
    for (const each of [...element.children].slice(1)) each.setAttribute("transform", `translate(${aside} 0)`);
  }

  drawCard(id, place, stale) {
    const [element, made] = this.element(id, () => newCard(place, this.idOf(id), this.hands.pick));
    if (made) this.cards.append(element);
    if (made || stale) dressCard(element, place, this.scene, this.places.all.size);
    else if (place.kind === "folded") element.setAttribute("transform", `translate(${place.x} ${place.y})`);
    element.classList.toggle("miglab-cursor", id === this.cursor);
  }

  drawLines(shown, stale) {
    const { planned } = this.scene;
    const few = this.places.all.size <= FEW;
    const paths = [];
    const slots = new Map();
    for (const [from, to] of this.places.lines) {
      const across = from.lane !== to.lane;
      if (!shown.has(from.id) && !shown.has(to.id)) continue;
      const moves = from.id in planned && to.id in planned;
      const near = [from.id, to.id].includes(this.cursor);
      if (across && !few && !moves && !near) continue;
      if (across && !slots.has(from.id)) slots.set(from.id, slots.size);
      const { path, head } = line(from, to, this.places, across ? slots.get(from.id) : 1);
      const kind = `${across ? "miglab-across" : "miglab-edge"}${moves ? " miglab-moves" : ""}`;
      paths.push(`<path class="${kind}" d="${path}"/><path class="${kind} miglab-head" d="${head}"/>`);
    }
    const drawing = paths.join("");
    if (drawing !== this.drawing || stale) this.edges.innerHTML = this.drawing = drawing;
  }
}
