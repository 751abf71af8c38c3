// Print on the graph: how large each kind is, how wide a text is in it, and how a text is broken and
// cut to the room there is.

const PRINT = { big: 13, name: 12, cost: 12, mark: 12, small: 12, under: 12 }; // In pixels.
const BOLD = ["big", "cost"];
const LINE = 13; // From one line of small print to the next, in pixels.

const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();

/** How wide this is in this kind of print, in pixels. */
function widthOf(text, kind) {
  const key = `${kind} ${text}`;
  if (!widths.has(key)) {
    const family = getComputedStyle(document.body).getPropertyValue("--jp-ui-font-family");
    ruler.font = `${BOLD.includes(kind) ? 700 : 400} ${PRINT[kind]}px ${family || "Helvetica, Arial, sans-serif"}`;
    widths.set(key, ruler.measureText(text).width);
  }
  return widths.get(key);
}

/** As much of the text as there is room for. */
function cut(text, kind, room) {
  if (widthOf(text, kind) <= room) return text;
  let length = text.length - 1;
  while (length > 0 && widthOf(`${text.slice(0, length)}…`, kind) > room) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** The text in lines that are no wider than the room, broken where its words end, if they can be;
 * the last of so many lines has as much of the rest as fits. */
function broken(text, kind, room, most) {
  const lines = [];
  for (const word of text.match(/[^_ ]*[_ ]?/g).filter(Boolean)) {
    const line = `${lines.at(-1) ?? ""}${word}`;
    if (lines.length && widthOf(line.trimEnd(), kind) <= room) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  const shown = lines.length > most ? [...lines.slice(0, most - 1), lines.slice(most - 1).join("")] : lines;
  return shown.map((line) => cut(line.trimEnd(), kind, room));
}
