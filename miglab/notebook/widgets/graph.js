// The migration graph as the control: a lane for each app, a card for each migration. Places come
// from the lab as columns and rows; what is out of view is not drawn.

const CARD = { width: 128, height: 84, across: 24, down: 14 };
const LANE = { head: 30, edge: 12, zero: 50, folded: 46, gap: 10, foldedWidth: 250 };
const FEW = 60; // With more migrations than this, apps begin folded.
const REACH = 6; // No more folded apps than this are opened because a plan reaches them.

let views = 0;

async function render({ model, el }) {
  const lab = await labOf(model);
  const view = new GraphView(lab, model.get("height"));
  el.append(view.root);
  return view.begin();
}

class GraphView {
  constructor(lab, height) {
    this.lab = lab;
    this.prefix = `miglab-${++views}`;
    this.board = { lanes: [], edges: [] };
    this.folded = new Set();
    this.opened = false;
    this.cursor = null;
    this.drawn = new Map();
    this.at = { x: 0, y: 0, scale: 1 };
    this.build(height);
  }

  // -- the page

  build(height) {
    this.search = make("input", {
      type: "search",
      placeholder: "Find a migration",
      "aria-label": "Find a migration",
      input: () => this.find(0),
      keydown: (event) => {
        if (event.key === "Enter") this.find(event.shiftKey ? -1 : 1);
        else if (event.key === "Escape") this.svg.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    });
    this.found = make("span", { class: "miglab-found" });
    const button = (text, label, act) => make("button", { type: "button", title: label, "aria-label": label, click: act }, text);
    this.mapButton = make(
      "button",
      { type: "button", title: "Try every step back of this app in a copy", click: () => this.lab.send({ do: "map" }) },
      "Cost of going back",
    );
    const bar = make(
      "div",
      { class: "miglab-bar", role: "group", "aria-label": "The graph" },
      this.search,
      this.found,
      button("−", "Zoom out", () => this.zoom(1 / 1.25)),
      button("+", "Zoom in", () => this.zoom(1.25)),
      button("Fit", "Show the whole graph", () => this.fit()),
      button("Fold", "Fold all apps", () => this.foldAll(true)),
      button("Unfold", "Unfold all apps", () => this.foldAll(false)),
      this.mapButton,
    );
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
        keydown: (event) => this.key(event),
        focus: () => this.show(this.cursor),
      },
      this.world,
    );
    this.stage = make("div", { class: "miglab-stage", style: `height:${height}px` }, this.svg);
    this.listenToPointer();
    this.line = make("code", { class: "miglab-line" });
    this.copy = make("button", { type: "button", click: () => this.copyLine() }, "Copy");
    this.sentence = make("p", { class: "miglab-sentence" });
    this.options = this.buildOptions();
    this.doIt = make(
      "button",
      { type: "button", class: "miglab-do", click: () => this.lab.send({ do: "run" }) },
      "Do it",
    );
    this.cancel = make(
      "button",
      { type: "button", click: () => this.lab.send({ do: "cancel" }) },
      "Cancel",
    );
    this.work = make("p", { class: "miglab-work" });
    this.result = make("div", { class: "miglab-result", role: "region", tabindex: 0, "aria-label": "What it did" });
    this.preview = make("div", { class: "miglab-preview", role: "region", tabindex: 0, "aria-label": "What it would do" });
    this.panel = make(
      "div",
      { class: "miglab-panel", role: "group", "aria-label": "The command" },
      make("div", { class: "miglab-command" }, this.line, this.copy),
      this.options,
      this.sentence,
      make("div", { class: "miglab-buttons" }, this.doIt, this.cancel),
      this.work,
      this.result,
      this.preview,
    );
    this.live = make("div", { class: "miglab-live", role: "status", "aria-live": "polite" });
    this.root = make(
      "div",
      { class: "miglab miglab-explorer" },
      goneLine(this.lab),
      bar,
      make("div", { class: "miglab-main" }, this.stage, this.panel),
      this.live,
    );
  }

  buildOptions() {
    this.boxes = {};
    const group = make("div", { class: "miglab-options", role: "group", "aria-label": "Options of migrate" });
    for (const option of ["--fake", "--fake-initial", "--plan"]) {
      const box = make("input", {
        type: "checkbox",
        change: () => this.lab.send({ do: "option", name: option, on: box.checked }),
      });
      this.boxes[option] = box;
      group.append(make("label", {}, box, " ", make("code", {}, option)));
    }
    return group;
  }

  begin() {
    const ends = [
      follow(this.lab, ["state"], () => this.stateChanged()),
      follow(this.lab, ["chosen"], () => this.chosenChanged()),
      follow(this.lab, ["preview"], () => this.previewChanged()),
      follow(this.lab, ["work"], () => this.workChanged()),
      follow(this.lab, ["said"], () => this.saidChanged()),
    ];
    const sizes = new ResizeObserver(() => {
      if (!this.placed && this.stage.clientWidth) this.first();
      else this.draw();
    });
    sizes.observe(this.stage);
    return () => {
      ends.forEach((end) => end());
      sizes.disconnect();
    };
  }

  // -- what the lab says

  stateChanged() {
    const state = this.lab.get("state");
    if (!state.board) return;
    this.board = state.board;
    if (!this.opened) {
      this.opened = true;
      const count = this.board.lanes.reduce((sum, lane) => sum + lane.nodes.length, 0);
      const target = this.lab.get("chosen").app;
      if (count > FEW)
        for (const lane of this.board.lanes) if (lane.app !== target) this.folded.add(lane.app);
    }
    this.layOut();
    this.draw(true);
    if (state.revision > 1 && state.board.sentence) this.tell(state.board.sentence);
  }

  chosenChanged() {
    const chosen = this.lab.get("chosen");
    const cards = chosen.plan?.cards ?? {};
    const reached = new Set(Object.keys(cards).map((id) => id.slice(0, id.indexOf("."))));
    const shut = [...reached, chosen.app].filter((app) => this.folded.has(app));
    if (shut.length && shut.length <= REACH) {
      shut.forEach((app) => this.folded.delete(app));
      this.layOut();
    }
    this.line.textContent = `python manage.py ${chosen.line ?? ""}`;
    this.sentence.textContent = chosen.plan?.sentence ?? "";
    for (const [name, box] of Object.entries(this.boxes)) box.checked = (chosen.options ?? []).includes(name);
    this.mapButton.textContent = `Cost of going back${chosen.app ? ` in ${chosen.app}` : ""}`;
    this.mapButton.disabled = !chosen.app;
    const id = chosen.app && `${chosen.app}.${chosen.name || "zero"}`;
    const moved = id !== this.targeted;
    this.targeted = id;
    if (moved) this.cursor = id;
    this.draw(true);
    if (moved && this.placed) this.show(id);
    this.stage.dataset.planned = chosen.line ?? "";
    if (this.placed && moved) this.tell(`${chosen.line}. ${this.sentence.textContent}`);
  }

  previewChanged() {
    const preview = this.lab.get("preview");
    this.preview.dataset.status = preview.status ?? "";
    if (preview.status === "ready") {
      // Made by miglab from measured facts, everything in it escaped.
      this.preview.innerHTML = preview.html;
      this.tell(`If you do: ${preview.verdict}`);
    } else this.preview.textContent = preview.text ?? "";
  }

  workChanged() {
    const work = this.lab.get("work");
    const waiting = work.waiting ? ` (${work.waiting} more waiting)` : "";
    this.work.textContent = work.running ? `${work.running} … ${work.told ?? ""}${waiting}` : "";
    this.cancel.disabled = !work.running;
    this.doIt.disabled = Boolean(work.busy);
    this.root.classList.toggle("miglab-busy", Boolean(work.running));
  }

  saidChanged() {
    const said = this.lab.get("said");
    this.result.classList.toggle("miglab-error", said.kind === "error");
    if (said.html) this.result.innerHTML = said.html;
    else this.result.textContent = said.text ?? "";
    if (said.text) this.tell(said.text);
  }

  tell(text) {
    this.live.textContent = text;
  }

  // -- places

  layOut() {
    this.places = new Map();
    this.order = [];
    let top = 4;
    for (const lane of this.board.lanes) {
      lane.top = top;
      lane.folded = this.folded.has(lane.app);
      const inside = [];
      if (lane.folded) {
        lane.height = LANE.folded;
        lane.width = LANE.foldedWidth;
        const place = { id: `${lane.app}.`, lane, kind: "folded", x: 4, y: top, width: lane.width, height: lane.height };
        this.places.set(place.id, place);
        inside.push(place);
      } else {
        const rows = Math.max(1, lane.rows);
        lane.height = LANE.head + rows * (CARD.height + CARD.down) - CARD.down + LANE.edge;
        const start = 4 + LANE.edge + LANE.zero + CARD.across;
        lane.width = Math.max(
          lane.nodes.length ? start + lane.columns * (CARD.width + CARD.across) - CARD.across + LANE.edge : 0,
          LANE.foldedWidth,
        );
        const middle = top + LANE.head + CARD.height / 2;
        const zero = { id: `${lane.app}.zero`, lane, kind: "zero", x: 4 + LANE.edge, y: middle - 17, width: LANE.zero, height: 34 };
        this.places.set(zero.id, zero);
        inside.push(zero);
        for (const node of lane.nodes) {
          const place = {
            id: node.id,
            lane,
            node,
            kind: "card",
            x: start + node.column * (CARD.width + CARD.across),
            y: top + LANE.head + node.row * (CARD.height + CARD.down),
            width: CARD.width,
            height: CARD.height,
          };
          this.places.set(node.id, place);
          inside.push(place);
        }
      }
      this.order.push(inside);
      top += lane.height + LANE.gap;
    }
    [...this.places.values()].forEach((place, at) => (place.number = at + 1));
    this.size = {
      width: Math.max(300, ...this.board.lanes.map((lane) => lane.width + 8)),
      height: top,
    };
    if (!this.places.has(this.cursor)) {
      const app = (this.cursor ?? "").split(".")[0];
      const lane = this.order.find((each) => each[0].lane.app === app) ?? this.order[0];
      this.cursor = lane ? lane[lane.length - 1].id : null;
    }
    const parents = [];
    for (const [parent, child] of this.board.edges) {
      const from = this.placeOf(parent);
      const to = this.placeOf(child);
      if (from && to && from !== to) parents.push([from, to]);
    }
    this.lines = [...new Map(parents.map((each) => [`${each[0].id} ${each[1].id}`, each])).values()];
  }

  /** Where a migration is drawn: on its card, or on its folded app. */
  placeOf(id) {
    return this.places.get(id) ?? this.places.get(`${id.slice(0, id.indexOf("."))}.`);
  }

  first() {
    this.placed = true;
    this.fit();
    if (this.at.scale < 0.6) {
      this.at.scale = 0.85;
      this.at.x = this.at.y = 8;
      this.show(this.targeted ?? this.cursor, true);
    }
    this.draw();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const scale = Math.min(1, (width - 12) / this.size.width, (height - 12) / this.size.height);
    this.at = { scale, x: Math.max(6, (width - this.size.width * scale) / 2), y: 6 };
    this.draw();
  }

  zoom(by, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const scale = Math.min(2, Math.max(0.05, this.at.scale * by));
    by = scale / this.at.scale;
    this.at = { scale, x: x - (x - this.at.x) * by, y: y - (y - this.at.y) * by };
    this.draw();
  }

  /** Bring a card into view, and nothing more than that; or into the middle. */
  show(id, middle = false) {
    const place = id && this.placeOf(id);
    if (!place) return;
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { scale } = this.at;
    const along = (at, start, size, room, whole) => {
      const margin = Math.min(40, room / 8);
      if (middle && whole * scale <= room) return 6;
      if (middle) return room / 2 - (start + size / 2) * scale;
      if (at + start * scale < margin) return margin - start * scale;
      if (at + (start + size) * scale > room - margin) return room - margin - (start + size) * scale;
      return at;
    };
    this.at.x = along(this.at.x, place.x, place.width, width, place.lane.width);
    this.at.y = along(this.at.y, place.y, place.height, height, this.size.height);
    // Nothing is to be seen beyond the edges.
    const within = (at, size, room) => Math.min(6, Math.max(at, Math.min(6, room - size * scale - 6)));
    this.at.x = within(this.at.x, this.size.width, width);
    this.at.y = within(this.at.y, this.size.height, height);
    this.draw();
  }

  // -- drawing

  /** Ask for a new frame; with `all`, cards that are there already are drawn again too. */
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
    const { x, y, scale } = this.at;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.svg.classList.toggle("miglab-far", scale < 0.35);
    const [left, top] = [(-x - 200) / scale, (-y - 200) / scale];
    const right = left + (this.stage.clientWidth + 400) / scale;
    const bottom = top + (this.stage.clientHeight + 400) / scale;
    // Folded apps and headings stay in view, however far to the right one looks.
    const edge = Math.max(4, (8 - x) / scale);
    for (const place of this.places.values()) if (place.kind === "folded") place.x = edge;
    const seen = (place) =>
      place.x < right && place.x + place.width > left && place.y < bottom && place.y + place.height > top;
    const wanted = new Map();
    for (const lane of this.board.lanes)
      if (lane.top < bottom && lane.top + lane.height > top) wanted.set(`lane ${lane.app}`, lane);
    const chosen = this.lab.get("chosen");
    const planned = chosen.plan?.cards ?? {};
    for (const [id, place] of this.places) if (seen(place) || id === this.cursor) wanted.set(id, place);
    for (const [id, element] of this.drawn)
      if (!wanted.has(id)) {
        element.remove();
        this.drawn.delete(id);
      }
    const stale = this.stale;
    this.stale = false;
    for (const [id, what] of wanted) {
      let element = this.drawn.get(id);
      const isNew = !element;
      if (isNew) {
        element = id.startsWith("lane ") ? this.newLane(what) : this.newCard(what);
        this.drawn.set(id, element);
      }
      if (id.startsWith("lane ")) {
        if (isNew || stale) this.dressLane(element, what);
        const aside = Math.max(0, Math.min(edge - 4, what.width - LANE.foldedWidth));
        for (const each of [...element.children].slice(1)) each.setAttribute("transform", `translate(${aside} 0)`);
      } else if (what.kind === "folded" && !isNew && !stale) {
        element.setAttribute("transform", `translate(${what.x} ${what.y})`);
      } else if (isNew || stale) {
        element.setAttribute("aria-posinset", what.number);
        element.setAttribute("aria-setsize", this.places.size);
        this.dress(element, what, planned, chosen);
      }
      if (isNew) element.dataset.miglab = id;
    }
    this.svg.setAttribute("aria-activedescendant", this.cursor ? this.idOf(this.cursor) : "");
    for (const [id, element] of this.drawn) element.classList.toggle("miglab-cursor", id === this.cursor);
    this.drawLines(planned, wanted, stale);
    this.stage.dataset.revision = this.lab.get("state").revision;
    this.stage.dataset.shown = this.drawn.size;
  }

  idOf(id) {
    return `${this.prefix}-${id}`;
  }

  newLane(lane) {
    const element = make(
      "svg:g",
      { class: "miglab-lane", role: "none" },
      make("svg:rect", { rx: 10 }),
      make("svg:text", { x: 34, y: 20 }),
      make("svg:path", { class: "miglab-fold", d: "M12 9 h12 l-6 9 z" }),
      make("svg:rect", { class: "miglab-foldable", x: 0, y: 0, width: 220, height: 28, click: () => this.fold(lane.app) }),
    );
    this.cards.prepend(element);
    return element;
  }

  dressLane(element, lane) {
    const [frame, text, mark, handle] = element.children;
    element.setAttribute("transform", `translate(4 ${lane.top})`);
    element.style.display = lane.folded ? "none" : "";
    frame.setAttribute("width", lane.width - 4);
    frame.setAttribute("height", lane.height);
    text.textContent = lane.heading;
    mark.setAttribute("aria-hidden", "true");
    handle.setAttribute("aria-hidden", "true");
  }

  newCard(place) {
    const element = make("svg:g", {
      class: `miglab-card miglab-${place.kind}`,
      id: this.idOf(place.id),
      role: "option",
      click: () => this.pick(place.id),
    });
    this.cards.append(element);
    return element;
  }

  dress(element, place, planned, chosen) {
    const looks = this.lab.get("looks");
    element.setAttribute("transform", `translate(${place.x} ${place.y})`);
    const targeted = place.id === this.targeted;
    element.setAttribute("aria-selected", targeted ? "true" : "false");
    let told, look, said;
    if (place.kind === "folded") {
      const moving = Object.keys(planned).filter((id) => id.startsWith(`${place.lane.app}.`)).length;
      told = [
        ["big", 16, 20, `▸ ${place.lane.app}`],
        ["small", 16, 37, moving ? `${moving} would move` : place.lane.counts],
      ];
      look = looks[moving ? "PULLED_IN" : "UNAPPLIED"];
      said = `${place.lane.app}, folded: ${place.lane.counts}${moving ? `, ${moving} would move` : ""}. Enter unfolds it`;
    } else if (place.kind === "zero") {
      told = [["small", place.width / 2, 22, "zero"]];
      look = { ...looks.UNAPPLIED, shape: "round", line: "dashed" };
      said = `${place.lane.app} zero: no migration of it applied`;
    } else {
      const plan = planned[place.id];
      const card = plan ? { ...place.node, ...plan } : place.node;
      const marks = card.marks.filter((mark) => !mark.startsWith("◎"));
      told = [["big", place.width / 2, 21, card.big]];
      const lines = card.lines.length > 2 ? [card.lines[0], `${card.lines[1].slice(0, 16)}…`] : card.lines;
      lines.forEach((line, at) => told.push(["name", place.width / 2, 37 + 14 * at, line]));
      const shown = plan ? [`${plan.order}. ${marks.join(" ")}`] : marks;
      shown.slice(0, 2).forEach((mark, at) => told.push(["mark", place.width / 2, 66 + 12 * at, mark]));
      look = looks[card.look];
      said = plan ? `${card.said}, number ${plan.order} of the plan` : card.said;
      if (plan && place.node.marks.some((mark) => mark.startsWith("−"))) said += `, ${place.node.marks.join(", ")}`;
    }
    const before = element.dataset.look;
    element.dataset.look = look.fill + look.shape;
    element.setAttribute("aria-label", said);
    const shape = make("svg:path", { class: "miglab-shape", d: outline(look.shape, place.width, place.height) });
    shape.style.fill = look.fill;
    shape.style.stroke = look.border;
    shape.style.strokeWidth = look.width;
    shape.style.strokeDasharray = { dashed: "6 3", dotted: "2 3", solid: "" }[look.line];
    const inside = [make("svg:title", {}, said), shape];
    if (targeted) inside.unshift(make("svg:rect", { class: "miglab-target", x: -5, y: -5, width: place.width + 10, height: place.height + 10, rx: 12 }));
    inside.push(make("svg:rect", { class: "miglab-ring", x: -3, y: -3, width: place.width + 6, height: place.height + 6, rx: 10 }));
    for (const [kind, x, y, text] of told) inside.push(make("svg:text", { class: `miglab-${kind}`, x, y }, text));
    element.replaceChildren(...inside);
    if (before !== undefined && before !== element.dataset.look && place.node?.changed) {
      element.classList.remove("miglab-changed");
      void element.getBoundingClientRect();
      element.classList.add("miglab-changed");
    }
  }

  drawLines(planned, wanted, stale) {
    const few = this.places.size <= FEW;
    const paths = [];
    for (const [from, to] of this.lines) {
      const across = from.lane !== to.lane;
      if (!wanted.has(from.id) && !wanted.has(to.id)) continue;
      const moves = from.id in planned && to.id in planned;
      const near = [from.id, to.id].includes(this.cursor);
      if (across && !few && !moves && !near) continue;
      paths.push(
        `<path class="${across ? "miglab-across" : "miglab-edge"}${moves ? " miglab-moves" : ""}" d="${line(from, to)}"/>`,
      );
    }
    const drawing = paths.join("");
    if (drawing !== this.drawing || stale) this.edges.innerHTML = this.drawing = drawing;
  }

  // -- hands

  pick(id) {
    const place = this.places.get(id);
    this.cursor = id;
    if (!place) return;
    if (place.kind === "folded") {
      this.fold(place.lane.app);
      return;
    }
    const name = place.kind === "zero" ? "zero" : place.node.name;
    this.lab.send({ do: "choose", app: place.lane.app, name });
    this.draw();
  }

  fold(app) {
    if (this.folded.has(app)) this.folded.delete(app);
    else this.folded.add(app);
    this.layOut();
    const lane = this.order.find((each) => each[0].lane.app === app);
    this.cursor = lane[0].id;
    this.draw(true);
    this.show(this.cursor);
    this.tell(`${app} ${this.folded.has(app) ? "folded" : "unfolded"}`);
  }

  foldAll(shut) {
    this.folded = new Set(shut ? this.board.lanes.map((lane) => lane.app) : []);
    this.layOut();
    this.draw(true);
    this.show(this.cursor);
  }

  find(by) {
    const words = this.search.value.toLowerCase().split(/[\s.]+/).filter(Boolean);
    const all = this.board.lanes.flatMap((lane) => lane.nodes);
    const hits = words.length ? all.filter((node) => words.every((word) => node.id.toLowerCase().includes(word))) : [];
    if (!words.length) {
      this.found.textContent = "";
      return;
    }
    this.hit = hits.length ? (((by ? (this.hit ?? 0) + by : 0) % hits.length) + hits.length) % hits.length : 0;
    this.found.textContent = hits.length ? `${this.hit + 1} of ${hits.length}` : "none";
    this.tell(hits.length ? `${hits[this.hit].id}, ${this.found.textContent}` : "No migration is called that.");
    if (!hits.length) return;
    const { id } = hits[this.hit];
    const app = id.slice(0, id.indexOf("."));
    if (this.folded.delete(app)) this.layOut();
    this.cursor = id;
    this.draw(true);
    this.show(id, true);
  }

  key(event) {
    const row = this.order.findIndex((lane) => lane.some((place) => place.id === this.cursor));
    if (row < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const lane = this.order[row];
    const at = lane.findIndex((place) => place.id === this.cursor);
    const go = (place) => {
      this.cursor = place.id;
      this.draw();
      this.show(place.id);
    };
    const beside = (by) => {
      const other = this.order[row + by];
      if (!other) return;
      const here = lane[at].x;
      go(other.reduce((best, place) => (Math.abs(place.x - here) < Math.abs(best.x - here) ? place : best)));
    };
    const acts = {
      ArrowRight: () => go(lane[Math.min(at + 1, lane.length - 1)]),
      ArrowLeft: () => go(lane[Math.max(at - 1, 0)]),
      ArrowDown: () => beside(1),
      ArrowUp: () => beside(-1),
      Home: () => go(lane[0]),
      End: () => go(lane[lane.length - 1]),
      Enter: () => this.pick(this.cursor),
      " ": () => this.pick(this.cursor),
      f: () => this.fold(lane[0].lane.app),
      "/": () => this.search.focus(),
      "+": () => this.zoom(1.25),
      "-": () => this.zoom(1 / 1.25),
      0: () => this.fit(),
    };
    const act = acts[event.key];
    if (!act) return;
    act();
    event.preventDefault();
    // JupyterLab has keys of its own.
    event.stopPropagation();
  }

  listenToPointer() {
    let from = null;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, at: { ...this.at }, moved: false };
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (!from || !(event.buttons & 1)) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      // A hand that clicks trembles.
      if (!from.moved && Math.hypot(x, y) < 5) return;
      if (!from.moved) this.stage.setPointerCapture(event.pointerId);
      from.moved = true;
      this.at.x = from.at.x + x;
      this.at.y = from.at.y + y;
      this.draw();
    });
    const end = () => (from = null);
    this.stage.addEventListener("pointerup", end);
    this.stage.addEventListener("pointercancel", end);
    this.stage.addEventListener(
      "wheel",
      (event) => {
        // The page scrolls by the wheel alone.
        if (event.ctrlKey || event.metaKey) {
          const box = this.stage.getBoundingClientRect();
          this.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
        } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
          this.at.x -= event.deltaX || event.deltaY;
          this.draw();
        } else return;
        event.preventDefault();
      },
      { passive: false },
    );
  }

  async copyLine() {
    const text = this.line.textContent;
    try {
      await navigator.clipboard.writeText(text);
      this.tell("Copied.");
    } catch {
      getSelection().selectAllChildren(this.line);
      this.tell("Press Ctrl and C to copy.");
    }
  }
}

/** The outline of a card: its shape tells its state without its colour. */
function outline(shape, w, h) {
  const tip = 10;
  const round = (r) =>
    `M${r} 0H${w - r}Q${w} 0 ${w} ${r}V${h - r}Q${w} ${h} ${w - r} ${h}H${r}Q0 ${h} 0 ${h - r}V${r}Q0 0 ${r} 0Z`;
  return {
    round: round(9),
    square: `M0 0H${w}V${h}H0Z`,
    cut: `M${tip} 0H${w - tip}L${w} ${tip}V${h - tip}L${w - tip} ${h}H${tip}L0 ${h - tip}V${tip}Z`,
    struck: `${round(9)}M0 ${tip}L${tip} 0M${w - tip} 0L${w} ${tip}M${w} ${h - tip}L${w - tip} ${h}M${tip} ${h}L0 ${h - tip}`,
    tab: `M0 6V0H${w / 3}V6H${w}V${h}H0Z`,
    forward: `M0 0H${w - tip}L${w} ${h / 2}L${w - tip} ${h}H0Z`,
    backward: `M${tip} 0H${w}V${h}H${tip}L0 ${h / 2}Z`,
  }[shape];
}

/** A line from a parent to its child: straight within a lane, curved between lanes. */
function line(from, to) {
  if (from.lane === to.lane) {
    const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
    const [x2, y2] = [to.x, to.y + to.height / 2];
    const bend = Math.max(12, (x2 - x1) / 2);
    if (y1 === y2 && x2 - x1 <= CARD.across) return `M${x1} ${y1}H${x2}`;
    if (y1 === y2) return `M${x1 - 20} ${from.y}C${x1} ${from.y - 18} ${x2} ${to.y - 18} ${x2 + 20} ${to.y}`;
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }
  const down = to.y > from.y;
  const [x1, y1] = [from.x + from.width / 2, from.y + (down ? from.height : 0)];
  const [x2, y2] = [to.x + to.width / 2, to.y + (down ? 0 : to.height)];
  const bend = Math.max(20, Math.abs(y2 - y1) / 2) * (down ? 1 : -1);
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

export default { render };
