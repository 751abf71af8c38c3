// Where everything on the graph lies: a lane for each app, a card for each migration. Columns and
// rows come from the lab; an app that is folded is one card.

// A card has its number and its name; beside a panel, or on a narrow page, there is room for less.
const CARD = { width: 124, narrow: 78, height: 42, across: 18, down: 14 };
// Lines that have to go around folded apps run at the left of all lanes.
const LANE = { left: 18, head: 28, edge: 10, zero: 44, folded: 32, gap: 10, foldedWidth: 300 };

/** A place is {id, lane, kind, x, y, width, height, number}; a card has its node. */
class Places {
  /** With `narrow` cards, more of them stand side by side. */
  constructor(board, folded, narrow) {
    this.lanes = board.lanes;
    this.cardWidth = narrow ? CARD.narrow : CARD.width;
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
    const step = this.cardWidth + CARD.across;
    const start = LANE.left + LANE.edge + LANE.zero + CARD.across;
    const head = lane.top + LANE.head;
    const cards = start - LANE.left + lane.columns * step - CARD.across + LANE.edge;
    lane.height = LANE.head + Math.max(1, lane.rows) * (CARD.height + CARD.down) - CARD.down + LANE.edge;
    lane.width = Math.max(lane.nodes.length ? cards : 0, LANE.foldedWidth);
    return [
      {
        id: `${lane.app}.zero`,
        kind: "zero",
        x: LANE.left + LANE.edge,
        y: head + CARD.height / 2 - 15,
        width: LANE.zero,
        height: 30,
      },
      ...lane.nodes.map((node) => ({
        id: node.id,
        node,
        kind: "card",
        x: start + node.column * step,
        y: head + node.row * (CARD.height + CARD.down),
        width: this.cardWidth,
        height: CARD.height,
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
