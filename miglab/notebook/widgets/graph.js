// The migration graph as the control: a click chooses a target, and the panel beside it says what
// going there would do.

const MANY = 60; // With more migrations than this, apps begin folded.
const ROOMY = 780; // With less width than this, the panel is below the graph, in pixels.
const LOW = 240; // A graph of more than two apps that is no higher has the panel below it.
const UNDER = 420; // The graph is no higher than this where the panel is below it.
const PANEL = 360; // So wide is a panel beside the graph, as in graph.css.
const LONG = 8; // An app with more columns than this begins folded where another one is chosen.
const REACH = 6; // No more folded apps than this are opened because a plan reaches them.

async function render({ model, el }) {
  const lab = await labOf(model);
  const view = new GraphView(lab, model.get("height"));
  el.append(view.root);
  return view.begin();
}

class GraphView {
  constructor(lab, height) {
    this.lab = lab;
    this.height = height;
    this.board = { lanes: [], edges: [] };
    this.folded = new Set();
    this.canvas = new Canvas(height, lab.get("looks"), {
      pick: (id) => this.pick(id),
      fold: (app) => this.fold(app),
      key: (event) => this.key(event),
    });
    this.panel = new Panel(lab, (text) => this.tell(text));
    this.live = make("div", { class: "miglab-live", role: "status", "aria-live": "polite" });
    this.root = make(
      "div",
      { class: "miglab miglab-explorer" },
      goneLine(lab),
      this.bar(),
      (this.main = make("div", { class: "miglab-main" }, this.canvas.root, this.panel.root)),
      this.live,
    );
  }

  bar() {
    this.search = make("input", {
      type: "search",
      placeholder: "Find a migration",
      "aria-label": "Find a migration",
      input: () => this.find(0),
      keydown: (event) => {
        if (event.key === "Enter") this.find(event.shiftKey ? -1 : 1);
        else if (event.key === "Escape") {
          this.search.value = "";
          this.find(0);
          this.canvas.svg.focus();
        }
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    });
    this.found = make("span", { class: "miglab-found" });
    const button = (text, label, act) => make("button", { type: "button", title: label, "aria-label": label, click: act }, text);
    this.map = make(
      "button",
      { type: "button", title: "Try every step back in this app, in a copy", click: () => this.lab.send({ do: "map" }) },
      "Cost of going back",
    );
    return make(
      "div",
      { class: "miglab-bar", role: "group", "aria-label": "The graph" },
      this.search,
      this.found,
      button("−", "Zoom out", () => this.canvas.zoomBy(1 / 1.25)),
      button("+", "Zoom in", () => this.canvas.zoomBy(1.25)),
      button("Fit", "Show the whole graph", () => this.canvas.fit()),
      button("Fold", "Fold all apps", () => this.foldAll(true)),
      button("Unfold", "Unfold all apps", () => this.foldAll(false)),
      this.map,
    );
  }

  begin() {
    const ends = [
      follow(this.lab, ["state"], () => this.stateChanged()),
      follow(this.lab, ["chosen"], () => this.chosenChanged()),
      follow(this.lab, ["preview"], () => this.previewChanged()),
      this.panel.begin(),
      this.follow(),
      this.canvas.begin(),
    ];
    return () => ends.forEach((end) => end());
  }

  /** Lay out again when there is more room, or less. */
  follow() {
    const sizes = new ResizeObserver(() => {
      const room = this.root.clientWidth;
      if (!room || room === this.room) return;
      this.room = room;
      this.layOut();
    });
    sizes.observe(this.root);
    return () => sizes.disconnect();
  }

  tell(text) {
    this.live.textContent = text;
  }

  // -- what the lab says

  stateChanged() {
    const { board, revision } = this.lab.get("state");
    if (!board) return;
    this.board = board;
    if (!this.opened) {
      this.opened = true;
      const count = board.lanes.reduce((sum, lane) => sum + lane.nodes.length, 0);
      const target = this.lab.get("chosen").app;
      for (const lane of board.lanes)
        if (lane.app !== target && (count > MANY || lane.columns > LONG)) this.folded.add(lane.app);
    }
    this.canvas.revision = revision;
    this.layOut();
    if (revision > 1 && board.sentence) this.tell(board.sentence);
  }

  chosenChanged() {
    const { canvas } = this;
    const { app, name, line, plan } = this.lab.get("chosen");
    const planned = plan?.cards ?? {};
    const shut = [...new Set([...Object.keys(planned).map(appOf), app])].filter((each) => this.folded.has(each));
    if (shut.length && shut.length <= REACH) {
      shut.forEach((each) => this.folded.delete(each));
      this.layOut();
    }
    this.map.textContent = `Cost of going back${app ? ` in ${app}` : ""}`;
    this.map.disabled = !app;
    const target = app && `${app}.${name}`;
    const moved = target !== canvas.scene.target;
    Object.assign(canvas.scene, { planned, target, locks: {} });
    if (moved) canvas.cursor = target;
    canvas.draw(true);
    canvas.root.dataset.planned = line ?? "";
    if (!moved || !canvas.began) return;
    canvas.show(target);
    this.tell(`${line}. ${plan?.sentence ?? ""}`);
  }

  /** What was measured of the plan: which migrations lock tables that others use. */
  previewChanged() {
    const { line, locks } = this.lab.get("preview");
    this.canvas.scene.locks = line === this.lab.get("chosen").line ? (locks ?? {}) : {};
    this.canvas.draw(true);
  }

  layOut() {
    const { board, folded, height, room = Infinity } = this;
    // Around the graph there are a frame and a margin.
    const laid = (width, most) => {
      const places = placesIn(board, folded, width - 10, most - 10);
      const { size } = places;
      return { places, most, whole: Math.min((width - 10) / size.width, (most - 10) / size.height) >= SMALLEST };
    };
    const below = laid(room, Math.min(height, UNDER));
    const many = board.lanes.length > 2;
    const apart = many ? below.places.size.height > LOW : !below.whole;
    const aside = room >= ROOMY && apart && laid(room - PANEL - 8, height);
    const beside = Boolean(aside) && (aside.whole || (many && !below.whole));
    const { places, most } = beside ? aside : below;
    this.main.classList.toggle("miglab-beside", beside);
    this.canvas.most = most;
    this.main.classList.toggle("miglab-nameless", !places.form.names);
    this.canvas.lay(places);
  }

  // -- hands

  pick(id) {
    const place = this.canvas.places.all.get(id);
    // What is drawn may be gone from the lab already.
    if (!place) return;
    this.canvas.cursor = id;
    if (place.kind === "folded") {
      this.fold(place.lane.app);
      return;
    }
    this.lab.send({ do: "choose", app: place.lane.app, name: place.node?.name ?? "zero" });
    this.canvas.draw();
  }

  fold(app) {
    if (!this.folded.delete(app)) this.folded.add(app);
    this.layOut();
    this.goTo(this.canvas.places.inApp(app)[0].id);
    this.tell(`${app} ${this.folded.has(app) ? "folded" : "unfolded"}`);
  }

  foldAll(shut) {
    this.folded = new Set(shut ? this.board.lanes.map((lane) => lane.app) : []);
    this.layOut();
    this.canvas.show(this.canvas.cursor);
  }

  /** Put the cursor on a place, and bring it into view. */
  goTo(id, middle = false) {
    this.canvas.cursor = id;
    this.canvas.draw();
    this.canvas.show(id, middle);
  }

  /** Go to a migration with that name: the first match, or the next or the previous one. */
  find(by) {
    const words = this.search.value.toLowerCase().split(/[\s.]+/).filter(Boolean);
    if (!words.length) {
      this.found.textContent = "";
      this.markHit(null);
      return;
    }
    const all = this.board.lanes.flatMap((lane) => lane.nodes);
    const hits = all.filter((node) => words.every((word) => node.id.toLowerCase().includes(word)));
    this.hit = hits.length ? ((by ? this.hit + by : 0) + hits.length) % hits.length : 0;
    this.found.textContent = hits.length ? `${this.hit + 1} of ${hits.length}` : "none";
    this.tell(hits.length ? `${hits[this.hit].id}, ${this.found.textContent}` : "No migration has that name.");
    if (!hits.length) return this.markHit(null);
    const { id } = hits[this.hit];
    if (this.folded.delete(appOf(id))) this.layOut();
    this.markHit(id);
    this.goTo(id, true);
  }

  /** Mark the matches during typing. */
  markHit(id) {
    this.canvas.scene.hit = id;
    this.canvas.draw(true);
  }

  key(event) {
    const { canvas } = this;
    const { order } = canvas.places;
    const row = order.findIndex((lane) => lane.some((place) => place.id === canvas.cursor));
    if (row < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const lane = order[row];
    const at = lane.findIndex((place) => place.id === canvas.cursor);
    const go = (place) => place && this.goTo(place.id);
    const away = (place) => Math.abs(place.x - lane[at].x);
    const beside = (by) =>
      order[row + by] && go(order[row + by].reduce((best, place) => (away(place) < away(best) ? place : best)));
    const acts = {
      ArrowRight: () => go(lane[at + 1]),
      ArrowLeft: () => go(lane[at - 1]),
      ArrowDown: () => beside(1),
      ArrowUp: () => beside(-1),
      Home: () => go(lane[0]),
      End: () => go(lane.at(-1)),
      Enter: () => this.pick(canvas.cursor),
      " ": () => this.pick(canvas.cursor),
      f: () => this.fold(lane[0].lane.app),
      "/": () => this.search.focus(),
      "+": () => canvas.zoomBy(1.25),
      "-": () => canvas.zoomBy(1 / 1.25),
      0: () => canvas.fit(),
    };
    const act = acts[event.key];
    if (!act) return;
    act();
    event.preventDefault();
    // JupyterLab has keys of its own.
    event.stopPropagation();
  }
}

export default { render };
