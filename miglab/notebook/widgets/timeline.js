// The lab's history as a strip: a click goes to a moment, and two moments can be compared.

const COMPARING = "comparing the moments"; // What the worker says while it does.

async function render({ model, el }) {
  const lab = await labOf(model);
  const strip = new Strip();
  const told = new Between(lab, () => compare.focus());
  const button = (text, act) => make("button", { type: "button", click: act }, text);
  const back = button("Rewind", () => lab.send({ do: "rewind" }));
  const on = button("Forward", () => lab.send({ do: "forward" }));
  const restart = button("Restart", () => lab.send({ do: "restart" }));
  const compare = button("Compare two", () => {
    picked = picked ? null : [];
    changed();
  });
  const hint = make("span", { class: "miglab-hint", role: "status" });
  let picked = null;

  function changed() {
    const { timeline } = lab.get("state");
    if (!timeline) return;
    const { position, steps } = timeline;
    compare.setAttribute("aria-pressed", picked ? "true" : "false");
    compare.disabled = !steps.length;
    say();
    back.disabled = restart.disabled = position === 0;
    on.disabled = position === steps.length;
    const moments = [{ line: "the beginning", marks: [], sentence: "" }, ...steps];
    strip.show(
      moments.map((step, at) => momentOf(step, at, position)),
      position,
    );
  }

  function momentOf(step, at, position) {
    const where = at === position ? "here" : at > position ? "ahead" : "behind";
    const attributes = {
      type: "button",
      "aria-current": at === position ? "step" : null,
      "aria-pressed": picked ? String(picked.includes(at)) : null,
      title: [step.line, step.sentence].filter(Boolean).join("\n"),
      click: () => choose(at, position),
    };
    const number = make("span", { class: "miglab-number" }, `${at === position ? "● " : ""}${at}`);
    const marks = step.marks.length ? make("small", {}, step.marks.join(" · ")) : null;
    const inside = make("button", attributes, number, make("span", {}, ...breakable(step.line)), marks);
    return make("li", { class: `miglab-moment miglab-${where}` }, inside);
  }

  function say() {
    const { running } = lab.get("work");
    if (picked) hint.textContent = picked.length ? "Now choose the other moment." : "Choose the first moment.";
    else hint.textContent = running?.startsWith(COMPARING) ? `${running} …` : "";
  }

  function choose(at, position) {
    if (!picked) {
      if (at !== position) lab.send({ do: "go", to: at });
      return;
    }
    picked.push(at);
    if (picked.length === 2) {
      lab.send({ do: "compare", first: picked[0], second: picked[1] });
      picked = null;
    }
    changed();
  }

  el.append(
    make(
      "div",
      { class: "miglab miglab-timeline", role: "group", "aria-label": "The lab's history" },
      goneLine(lab),
      make("div", { class: "miglab-bar" }, back, on, restart, compare, hint),
      strip.root,
      told.root,
    ),
  );
  const ends = [
    follow(lab, ["state"], changed),
    follow(lab, ["work"], say),
    follow(lab, ["between"], () => told.show()),
    strip.begin(),
  ];
  return () => ends.forEach((end) => end());
}

/** The text, with places where a line may end after each part of a path or a name. */
function breakable(text) {
  return text.split(/(?<=[/_])/).flatMap((part) => [part, make("wbr")]);
}

/** What changed between two moments, until it is closed. */
class Between {
  /** `closed` is called when somebody has closed it. */
  constructor(lab, closed) {
    this.lab = lab;
    this.title = make("b", {});
    this.what = make("div", {});
    const close = () => {
      lab.send({ do: "close" });
      closed();
    };
    const button = make("button", { type: "button", title: "Close the comparison", click: close }, "Close");
    const region = { class: "miglab-between", role: "region", tabindex: 0, "aria-label": "What changed between two moments" };
    const key = (event) => {
      if (event.key !== "Escape") return;
      close();
      event.stopPropagation();
    };
    const head = make("div", { class: "miglab-bar" }, this.title, button);
    this.root = make("div", { ...region, hidden: true, keydown: key }, head, this.what);
  }

  show() {
    const { first, second, html } = this.lab.get("between");
    this.root.hidden = !html;
    this.title.textContent = html ? `What changed from moment ${first} to moment ${second}` : "";
    // Made by miglab from measured facts, everything in it escaped.
    this.what.innerHTML = html ?? "";
  }
}

export default { render };
