// Lines from a migration to what depends on it: between the cards, behind none, with a head that
// points at the dependent.

const HEAD = 7;

/** The corners of a line, as [x, y]; lines of another slot run beside it, not upon it. */
function corners(from, to, places, slot) {
  const aside = [-1, 0, 1][slot % 3];
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
  const down = y1 <= y2;
  const shift = (aside * CARD.down) / 4;
  const above = to.y - CARD.down / 2 + shift;
  const below = to.y + to.height + (to.foot ?? 0) + CARD.down / 2 + shift;
  const into = to.x - CARD.across * (0.5 - aside / 5);
  const ends = to.kind === "folded" ? [[to.x, y2]] : [[into, down ? above : below], [into, y2], [to.x, y2]];
  if (goesAround(from, to, places)) {
    const x = LANE.left / 2 + aside * 4;
    const leaves =
      from.kind === "folded"
        ? [[from.x, y1], [x, y1]]
        : leaving(from, aside, from.y + (down ? from.height + (from.foot ?? 0) + CARD.down / 2 : -CARD.down / 2) + shift, x);
    return [...leaves, [x, ends[0][1]], ...ends];
  }
  const out = from.x + from.width + CARD.across * (0.5 + aside / 5);
  const start = [[from.x + from.width, y1], [out, y1]];
  if (Math.abs(out - into) < 1) return [...start, [out, y2], [to.x, y2]];
  return [...start, [out, ends[0][1]], ...ends];
}

function leaving(from, aside, row, x) {
  const out = from.x + from.width + CARD.across * (0.5 + aside / 5);
  const y = from.y + from.height / 2;
  return [[from.x + from.width, y], [out, y], [out, row], [x, row]];
}

/** Whether a folded app lies at an end or between: its card is wider than a column. */
function goesAround(from, to, places) {
  if (from.lane === to.lane) return false;
  const [first, last] = [from.lane.at, to.lane.at].sort((a, b) => a - b);
  return places.lanes.slice(first, last + 1).some((lane) => lane.folded);
}

/** The line as a path, and its head as another. */
function line(from, to, places, slot) {
  const points = corners(from, to, places, slot);
  const [x, y] = points.at(-1);
  const last = [x - HEAD + 1, y];
  const path = [...points.slice(0, -1), last].map(([a, b]) => `${a} ${b}`).join("L");
  return { path: `M${path}`, head: `M${x} ${y}l${-HEAD} -4v8z` };
}
