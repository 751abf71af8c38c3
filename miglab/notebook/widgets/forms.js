// How large cards are: with their names where there is room for names, with the names below them
// where that is narrower, and with mark and number alone where there is less room.

const NAMED = { least: 78, most: 140 }; // How wide a card with its name is, in pixels.
const MARKED = { least: 64, most: 84 };
const HEIGHT = 28; // How high a card is without its name.
const INSET = 6; // From the edge of a card to its print.
const LINES = 3; // A name has no more lines than this.

/** The places in the most detailed form that fits into this room. */
function placesIn(board, folded, width, height) {
  const open = board.lanes.filter((lane) => !folded.has(lane.app));
  const columns = Math.max(1, ...open.map((lane) => lane.columns));
  const room = Math.floor((width - LANE.sides + CARD.across) / columns) - CARD.across;
  const within = ({ least, most }) => Math.max(least, Math.min(most, room));

  const on = new Places(board, folded, { width: within(NAMED), names: "on" });
  if (on.size.width <= width && on.size.height <= height) return on;
  const below = new Places(board, folded, { width: within(MARKED), names: "below" });
  if (below.size.height <= height) return below;
  return new Places(board, folded, { width: within(MARKED), names: "" });
}

/** How high the cards of an app are, and the room below each, its foot, so that their names fit. */
function sizesOf(lane, { width, names }) {
  // What going back costs has its place also where names have none.
  const told = names ? lane.nodes.map(nameOf) : lane.nodes.map((node) => node.cost).filter(Boolean);
  const room = roomOf(width, names);
  const lines = Math.max(names ? 1 : 0, ...told.map((text) => broken(text, "name", room, LINES).length));
  if (names === "on") return { height: HEIGHT + LINE * lines, foot: 0, lines };
  return { height: HEIGHT, foot: lines ? 8 + LINE * lines : 0, lines };
}

/** How long a line of a name can be. */
function roomOf(width, names) {
  return names === "on" ? width - 2 * INSET : width + CARD.across - 4;
}

/** What is said on a card below its number, or below the card. */
function nameOf(node) {
  return node.cost || node.rest;
}

/** The same in lines; where its name has too little room, what tells it from others of its number. */
function nameIn(node, kind, room, most) {
  const whole = broken(nameOf(node), kind, room, most);
  if (node.cost || whole.every((line) => !line.endsWith("…"))) return whole;
  return broken(node.short, kind, room, most);
}
