// How a place on the graph looks and what it says: to the eye by shape, text and colour, to a screen
// reader in a sentence.

const TIP = 9; // How long the tip of a card is.

/** What stands on a place: lines of text as [kind, x, y, text, room], its look, the sentence, and
 * its number in the plan. */
function facesOf(place, { planned, looks, locks }) {
  const { width } = place;
  if (place.kind === "folded") {
    const { app, counts } = place.lane;
    const moving = Object.keys(planned).filter((id) => appOf(id) === app).length;
    const told = `▸ ${app}: ${moving ? `${moving} would change` : counts}`;
    return {
      told: [["big", 10, 21, told, width - 20]],
      look: looks[moving ? "PULLED_IN" : "UNAPPLIED"],
      said: `${app}, folded: ${counts}${moving ? `, ${moving} would change` : ""}. Enter unfolds it`,
    };
  }
  if (place.kind === "zero")
    return {
      told: [["small", width / 2, 17, "zero", width]],
      look: { ...looks.UNAPPLIED, shape: "round", line: "dashed" },
      said: `${place.lane.app} zero: none of its migrations is applied`,
    };
  const plan = planned[place.id];
  const card = plan ? { ...place.node, ...plan } : place.node;
  let said = plan ? `${card.said}, number ${plan.order} in the plan` : card.said;
  const cost = place.node.cost;
  if (plan && cost) said += `, ${cost}`;
  const lock = plan && locks[place.id];
  if (lock) said += `. ${lock.said}`;
  const look = looks[card.look];
  const tipped = ["backward", "cut"].includes(look.shape) ? TIP + 1 : INSET;
  const room = width - tipped - (["forward", "cut"].includes(look.shape) ? TIP + 1 : INSET);
  // Without a number it is known by its name alone.
  const big = place.names || /\d/.test(card.big) ? card.big : `${card.big} ${place.node.rest}`;
  const beside = room - widthOf(big, "big") - 5;
  const mark = widthOf(card.word, "mark") <= beside ? card.word : "";
  const baseline = place.names === "on" ? 18 : place.height / 2 + 5;
  return {
    told: [
      ["big", tipped, baseline, big, room],
      ...(mark ? [["mark", tipped + room, baseline, mark, beside]] : []),
      ...nameLines(place, tipped, room),
    ],
    look,
    said,
    order: plan?.order,
    stops: lock?.stops,
  };
}

/** The name of a card, or its cost, in lines on the card or below it. */
function nameLines({ node, lines, names, width, height }, inset, room) {
  const kind = node.cost ? "cost" : "name";
  if (names === "on")
    return nameIn(node, kind, room, lines).map((text, at) => [kind, inset, 20 + LINE * (at + 1), text, room]);
  const wide = roomOf(width, names);
  const told = names ? nameIn(node, "under", wide, lines) : broken(node.cost, "under", wide, lines);
  return told.map((text, at) => ["under", width / 2, height + 5 + LINE * (at + 1), text, wide]);
}

/** A text on a card, squeezed if it would still reach over the edge. */
function fitted([kind, x, y, text, room]) {
  const shown = kind === "big" && widthOf(text, kind) <= room * 1.12 ? text : cut(text, kind, room);
  const tight = widthOf(shown, kind) > room;
  const fit = tight ? { textLength: room, lengthAdjust: "spacingAndGlyphs" } : {};
  return make("svg:text", { class: `miglab-${kind}`, x, y, "font-size": PRINT[kind], ...fit }, shown);
}

/** A card as an option of the list; what it shows comes with `dressCard`. */
function newCard(place, id, pick) {
  return make("svg:g", { class: `miglab-card miglab-${place.kind}`, id, role: "option", click: () => pick(place.id) });
}

function dressCard(element, place, scene, count) {
  const { target, hit } = scene;
  const { told, look, said, order, stops } = facesOf(place, scene);
  element.classList.toggle("miglab-hit", place.id === hit);
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
    // A name below its card is clicked like the card.
    ...(place.foot ? [make("svg:rect", { class: "miglab-reach", width: place.width, height: place.height + place.foot })] : []),
    around("miglab-ring", 3, 10),
    ...told.map(fitted),
    ...(order ? [badge(order, place.width)] : []),
    ...(stops ? [padlock(stops, place)] : []),
  );
  markChange(element, look.fill + look.shape, place.node?.changed);
}

/** The number in the plan, on the upper right corner of a card. */
function badge(order, width) {
  return make(
    "svg:g",
    { class: "miglab-order" },
    make("svg:circle", { cx: width - 4, cy: 0, r: 9 }),
    make("svg:text", { x: width - 4, y: 4 }, `${order}`),
  );
}

/** A padlock on the lower right corner: closed where nobody else can read a table meanwhile, open
 * where nobody else can write to it. */
function padlock(stops, { width, height }) {
  const shackle = stops === "reads" ? "M4 8 V5 a4 4 0 0 1 8 0 V8" : "M4 8 V4 a4 4 0 0 1 8 0";
  return make(
    "svg:g",
    { class: "miglab-lock", "data-stops": stops, transform: `translate(${width - 14} ${height - 10})` },
    make("svg:path", { d: shackle }),
    make("svg:rect", { x: 1, y: 8, width: 14, height: 10, rx: 2 }),
  );
}

/** A small animation if a card looks different because a command changed its state. */
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
    make("svg:text", { x: 32, y: 16 }),
    make("svg:path", { class: "miglab-fold", d: "M12 6 h12 l-6 9 z", "aria-hidden": "true" }),
    make("svg:rect", { class: "miglab-foldable", width: 220, height: 22, "aria-hidden": "true", click: () => fold(lane.app) }),
  );
}

function dressLane(element, lane) {
  const [frame, text] = element.children;
  element.setAttribute("transform", `translate(${LANE.left} ${lane.top})`);
  element.style.display = lane.folded ? "none" : "";
  frame.setAttribute("width", lane.width - 1);
  frame.setAttribute("height", lane.height);
  text.textContent = lane.heading;
}

/** The outline of a card: its shape tells its state without its colour. */
function outline(shape, w, h) {
  const tip = TIP;
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
