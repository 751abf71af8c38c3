// How a place on the graph looks and what it says: to the eye by shape, text and colour, to a screen
// reader in a sentence.

/** What stands on a place: lines of text as [kind, x, y, text], its look, and the sentence. */
function facesOf(place, planned, looks) {
  const middle = place.width / 2;
  if (place.kind === "folded") {
    const { app, counts } = place.lane;
    const moving = Object.keys(planned).filter((id) => appOf(id) === app).length;
    return {
      told: [
        ["big", 16, 20, `▸ ${app}`],
        ["small", 16, 37, moving ? `${moving} would move` : counts],
      ],
      look: looks[moving ? "PULLED_IN" : "UNAPPLIED"],
      said: `${app}, folded: ${counts}${moving ? `, ${moving} would move` : ""}. Enter unfolds it`,
    };
  }
  if (place.kind === "zero")
    return {
      told: [["small", middle, 22, "zero"]],
      look: { ...looks.UNAPPLIED, shape: "round", line: "dashed" },
      said: `${place.lane.app} zero: no migration of it applied`,
    };
  const plan = planned[place.id];
  const card = plan ? { ...place.node, ...plan } : place.node;
  const marks = card.marks.filter((mark) => !mark.startsWith("◎"));
  const shown = plan ? [`${plan.order}. ${marks.join(" ")}`] : marks;
  const lines = card.lines.length > 2 ? [card.lines[0], `${card.lines[1].slice(0, 16)}…`] : card.lines;
  let said = plan ? `${card.said}, number ${plan.order} of the plan` : card.said;
  if (plan && place.node.marks.some((mark) => mark.startsWith("−"))) said += `, ${place.node.marks.join(", ")}`;
  return {
    told: [
      ["big", middle, 21, card.big],
      ...lines.map((line, at) => ["name", middle, 37 + 14 * at, line]),
      ...shown.slice(0, 2).map((mark, at) => ["mark", middle, 66 + 12 * at, mark]),
    ],
    look: looks[card.look],
    said,
  };
}

/** A card as an option of the list; what it shows comes with `dressCard`. */
function newCard(place, id, pick) {
  return make("svg:g", { class: `miglab-card miglab-${place.kind}`, id, role: "option", click: () => pick(place.id) });
}

function dressCard(element, place, { looks, planned, target }, count) {
  const { told, look, said } = facesOf(place, planned, looks);
  const targeted = place.id === target;
  element.setAttribute("transform", `translate(${place.x} ${place.y})`);
  element.setAttribute("aria-posinset", place.number);
  element.setAttribute("aria-setsize", count);
  element.setAttribute("aria-selected", targeted ? "true" : "false");
  element.setAttribute("aria-label", said);
  const shape = make("svg:path", { class: "miglab-shape", d: outline(look.shape, place.width, place.height) });
  shape.style.fill = look.fill;
  shape.style.stroke = look.border;
  shape.style.strokeWidth = look.width;
  shape.style.strokeDasharray = { dashed: "6 3", dotted: "2 3", solid: "" }[look.line];
  const around = (name, by, rx) =>
    make("svg:rect", { class: name, x: -by, y: -by, width: place.width + 2 * by, height: place.height + 2 * by, rx });
  element.replaceChildren(
    ...(targeted ? [around("miglab-target", 5, 12)] : []),
    make("svg:title", {}, said),
    shape,
    around("miglab-ring", 3, 10),
    ...told.map(([kind, x, y, text]) => make("svg:text", { class: `miglab-${kind}`, x, y }, text)),
  );
  markChange(element, look.fill + look.shape, place.node?.changed);
}

/** A small animation where a card looks otherwise than before because a command moved it. */
function markChange(element, look, moved) {
  const before = element.dataset.look;
  element.dataset.look = look;
  if (before === undefined || before === look || !moved) return;
  element.classList.remove("miglab-changed");
  void element.getBoundingClientRect();
  element.classList.add("miglab-changed");
}

/** The frame of an app, its heading, and the handle that folds it. */
function newLane(lane, fold) {
  return make(
    "svg:g",
    { class: "miglab-lane", role: "none" },
    make("svg:rect", { rx: 10 }),
    make("svg:text", { x: 34, y: 20 }),
    make("svg:path", { class: "miglab-fold", d: "M12 9 h12 l-6 9 z", "aria-hidden": "true" }),
    make("svg:rect", { class: "miglab-foldable", width: 220, height: 28, "aria-hidden": "true", click: () => fold(lane.app) }),
  );
}

function dressLane(element, lane) {
  const [frame, text] = element.children;
  element.setAttribute("transform", `translate(4 ${lane.top})`);
  element.style.display = lane.folded ? "none" : "";
  frame.setAttribute("width", lane.width - 4);
  frame.setAttribute("height", lane.height);
  text.textContent = lane.heading;
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
