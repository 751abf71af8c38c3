// The lab's history as a strip: a click goes to a moment, and two moments can be compared.

async function render({ model, el }) {
  const lab = await labOf(model);
  const strip = make("ol", { class: "miglab-strip" });
  const told = make("div", { class: "miglab-between", role: "region", tabindex: 0, "aria-label": "What changed between two moments" });
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
    hint.textContent = !picked ? "" : picked.length ? "Now choose the other moment." : "Choose the first moment.";
    back.disabled = restart.disabled = position === 0;
    on.disabled = position === steps.length;
    const focused = [...strip.querySelectorAll("button")].indexOf(el.getRootNode().activeElement);
    const moments = [{ line: "the beginning", marks: [], sentence: "" }, ...steps];
    strip.replaceChildren(
      ...moments.map((step, at) => {
        const where = at === position ? "here" : at > position ? "ahead" : "behind";
        return make(
          "li",
          { class: `miglab-moment miglab-${where}` },
          make(
            "button",
            {
              type: "button",
              "aria-current": at === position ? "step" : null,
              "aria-pressed": picked ? String(picked.includes(at)) : null,
              title: [step.line, step.sentence].filter(Boolean).join("\n"),
              click: () => choose(at, position),
            },
            make("span", { class: "miglab-number" }, `${at === position ? "● " : ""}${at}`),
            make("span", {}, step.line),
            step.marks.length ? make("small", {}, step.marks.join(" · ")) : null,
          ),
        );
      }),
    );
    strip.querySelectorAll("button")[focused]?.focus();
    strip.children[position]?.scrollIntoView({ block: "nearest", inline: "nearest" });
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

  function compared() {
    // Made by miglab from measured facts, everything in it escaped.
    told.innerHTML = lab.get("between").html ?? "";
  }

  el.append(
    make(
      "div",
      { class: "miglab miglab-timeline", role: "group", "aria-label": "The lab's history" },
      goneLine(lab),
      make("div", { class: "miglab-bar" }, back, on, restart, compare, hint),
      strip,
      told,
    ),
  );
  const ends = [follow(lab, ["state"], changed), follow(lab, ["between"], compared)];
  return () => ends.forEach((end) => end());
}

export default { render };
