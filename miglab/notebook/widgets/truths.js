// The four truths and the rows as they are now; what differs is named, and can be asked for a cure.

async function render({ model, el }) {
  const lab = await labOf(model);
  const sentence = make("p", { class: "miglab-sentence", role: "status" });
  const pictures = make("div", { class: "miglab-chain" });
  const differ = make("div", { class: "miglab-differences" });
  const cures = make("div", { class: "miglab-cures", role: "region", "aria-label": "Possible repairs" });

  function changed() {
    const { truths } = lab.get("state");
    if (!truths) return;
    sentence.textContent = truths.sentence;
    pictures.replaceChildren(picture("wide", truths), picture("narrow", truths));
    differ.replaceChildren(...truths.agreements.filter((each) => each.agree === false).map(difference));
  }

  // The same pictures as in a notebook that nobody runs; the style shows the one that fits.
  const picture = (size, truths) =>
    make("img", {
      class: `miglab-${size}`,
      src: `data:image/svg+xml,${encodeURIComponent(truths[size])}`,
      alt: truths.text,
    });

  const difference = (agreement) =>
    make(
      "div",
      { class: "miglab-difference" },
      make("b", {}, `${agreement.between.join(" ≠ ")}: `),
      make("span", {}, agreement.reason),
      make(
        "button",
        {
          type: "button",
          "aria-label": `How to repair it: ${agreement.between.join(" and ")}`,
          click: () => lab.send({ do: "mend", which: agreement.name }),
        },
        "How to repair it",
      ),
      agreement.details.length
        ? make("details", {}, make("summary", {}, "what differs"), ...agreement.details.map((each) => make("div", {}, each)))
        : null,
    );

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
          make("p", {}, each.verdict),
          make(
            "button",
            {
              type: "button",
              "aria-label": `Run: ${each.lines.join(", then ")}`,
              click: () => lab.send({ do: "cure", at }),
            },
            "Run",
          ),
        ),
      ),
    );
  }

  el.append(
    make("div", { class: "miglab miglab-truths", role: "group", "aria-label": "The four truths" }, goneLine(lab), sentence, pictures, differ, cures),
  );
  const ends = [follow(lab, ["state"], changed), follow(lab, ["mends"], mended)];
  return () => ends.forEach((end) => end());
}

export default { render };
