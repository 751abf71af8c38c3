// Where everything on the graph lies: a lane for each app, a card for each migration. Columns and
// rows come from the lab; an app that is folded is one card.

// The room between cards, in pixels.
const CARD = { across: 14, down: 10 };
// Lines that have to go around folded apps run at the left of all lanes.
const LANE = { left: 18, head: 25, edge: 8, zero: 36, folded: 32, gap: 6, foldedWidth: 300 };
// What a lane needs besides its cards.
LANE.sides = LANE.left + 2 * LANE.edge + LANE.zero + CARD.across + 4;

/** A place is {id, lane, kind, x, y, width, height, number}; a card has its node, and says where its
 * name is, in how many lines, and how much room it has below it, its foot. */
class Places {
  /** `form` says how wide a card is, and where its name is. */
  constructor(board, folded, form) {
    this.lanes = board.lanes;
    this.form = form;
    this.all = new Map();
    this.order = [];
    let top = 4;
    for (const [at, lane] of this.lanes.entries()) {
      lane.at = at;
      lane.top = top;
      lane.folded = folded.has(lane.app);
      const inside = lane.folded ? this.foldedLane(lane) : this.openLane(lane);
      for (const place of inside) this.all.set(place.id, { ...place, lane, number: this.all.size + 1 });
      this.order.push(inside.map((place) => this.all.get(place.id)));
      top += lane.height + LANE.gap;
    }
    this.size = {
      width: Math.max(300, ...this.lanes.map((lane) => LANE.left + lane.width + 4)),
      height: top,
    };
    this.lines = this.linesOf(board.edges);
  }

  foldedLane(lane) {
    lane.height = LANE.folded;
    lane.width = LANE.foldedWidth;
    return [{ id: `${lane.app}.`, kind: "folded", x: LANE.left, y: lane.top, width: lane.width, height: lane.height }];
  }

  openLane(lane) {
    const { width, names } = this.form;
    const { height, foot, lines } = sizesOf(lane, this.form);
    const step = width + CARD.across;
    const start = LANE.left + LANE.edge + LANE.zero + CARD.across;
    const head = lane.top + LANE.head;
    const cards = start - LANE.left + lane.columns * step - CARD.across + LANE.edge;
    lane.height = LANE.head + Math.max(1, lane.rows) * (height + foot + CARD.down) - CARD.down + LANE.edge;
    lane.width = Math.max(lane.nodes.length ? cards : 0, LANE.foldedWidth);
    return [
      {
        id: `${lane.app}.zero`,
        kind: "zero",
        x: LANE.left + LANE.edge,
        y: head + height / 2 - 13,
        width: LANE.zero,
        height: 26,
      },
      ...lane.nodes.map((node) => ({
        id: node.id,
        node,
        kind: "card",
        x: start + node.column * step,
        y: head + node.row * (height + foot + CARD.down),
        width,
        height,
        foot,
        lines,
        names,
      })),
    ];
  }

  /** Pairs of places, each once: what lies in a folded app hangs on its one card. */
  linesOf(edges) {
    const lines = new Map();
    for (const [parent, child] of edges) {
      const [from, to] = [this.of(parent), this.of(child)];
      if (from && to && from !== to) lines.set(`${from.id} ${to.id}`, [from, to]);
    }
    return [...lines.values()];
  }

  /** Where a migration is drawn: on its card, or on its folded app. */
  of(id) {
    return this.all.get(id) ?? this.all.get(`${appOf(id)}.`);
  }

  /** The places of an app, from left to right. */
  inApp(app) {
    return this.order.find((lane) => lane[0].lane.app === app);
  }
}

/** The app label in "label.name". */
function appOf(id) {
  return id.slice(0, id.indexOf("."));
}
