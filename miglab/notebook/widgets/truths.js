// The four truths and the rows as they are now; what differs is named, and can be asked for a cure.

async function render({ model, el }) {
  const lab = await labOf(model);
  const sentence = make("p", { class: "miglab-sentence", role: "status" });
  const chain = make("div", { class: "miglab-chain" });
  const cures = make("div", { class: "miglab-cures", role: "region", "aria-label": "What could mend it" });

  function changed() {
    const { truths } = lab.get("state");
    if (!truths) return;
    sentence.textContent = truths.sentence;
    const between = new Map(truths.agreements.map((each) => [each.between[0], each]));
    chain.replaceChildren(
      ...truths.truths.flatMap((truth) => {
        const agreement = between.get(truth.name);
        return agreement ? [card(truth), sign(agreement)] : [card(truth)];
      }),
    );
  }

  const card = (truth) =>
    make(
      "div",
      { class: `miglab-truth miglab-is-${truth.readable ? truth.name : "unreadable"}` },
      make("b", {}, truth.name),
      make("i", {}, truth.place),
      ...truth.lines.map((line) => make("span", {}, line)),
    );

  const sign = (agreement) => {
    const kind = { true: "agree", false: "differ", null: "unknown" }[String(agreement.agree)];
    return make(
      "div",
      { class: `miglab-sign miglab-${kind}` },
      make("b", {}, `${agreement.sign} ${agreement.word}`),
      make("span", {}, agreement.reason),
      agreement.agree === false
        ? make(
            "button",
            {
              type: "button",
              "aria-label": `What could mend ${agreement.between.join(" and ")}?`,
              click: () => lab.send({ do: "mend", which: agreement.name }),
            },
            "What mends it?",
          )
        : null,
      agreement.agree === false && agreement.details.length
        ? make("details", {}, make("summary", {}, "what differs"), ...agreement.details.map((each) => make("div", {}, each)))
        : null,
    );
  };

  function mended() {
    const mends = lab.get("mends");
    if (!mends.which) return cures.replaceChildren();
    cures.replaceChildren(
      make("p", {}, mends.text),
      ...(mends.found ?? []).map((each, at) =>
        make(
          "div",
          { class: `miglab-cure${each.mends ? "" : " miglab-no-cure"}` },
          make("pre", {}, each.lines.map((line) => `$ python manage.py ${line}`).join("\n")),
          make("p", {}, `${each.mends ? "✓ mends it" : "✗ does not mend it"}: ${each.verdict}.`),
          make(
            "button",
            {
              type: "button",
              "aria-label": `Do it: ${each.lines.join(", then ")}`,
              click: () => lab.send({ do: "cure", at }),
            },
            "Do it",
          ),
        ),
      ),
    );
  }

  el.append(
    make("div", { class: "miglab miglab-truths", role: "group", "aria-label": "The four truths" }, goneLine(lab), sentence, chain, cures),
  );
  const ends = [follow(lab, ["state"], changed), follow(lab, ["mends"], mended)];
  return () => ends.forEach((end) => end());
}

export default { render };
