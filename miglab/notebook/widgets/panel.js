// Beside the graph: the command as it would be typed, what it would do, and what it did.

class Panel {
  /** `tell` says a sentence to a screen reader. */
  constructor(lab, tell) {
    this.lab = lab;
    this.tell = tell;
    this.line = make("code", { class: "miglab-line" });
    this.sentence = make("p", { class: "miglab-sentence" });
    this.plan = make("p", { class: "miglab-plan" });
    this.boxes = {};
    this.options = make("div", { class: "miglab-options", role: "group", "aria-label": "Options of migrate" });
    this.doIt = make("button", { type: "button", class: "miglab-do", click: () => lab.send({ do: "run" }) }, "Run");
    this.cancel = make("button", { type: "button", click: () => lab.send({ do: "cancel" }) }, "Cancel");
    this.work = make("p", { class: "miglab-work" });
    const region = (name, label) => make("div", { class: name, role: "region", tabindex: 0, "aria-label": label });
    this.result = region("miglab-result", "What the command did");
    this.preview = region("miglab-preview", "What the command would do");
    const copy = make("button", { type: "button", click: () => this.copy() }, "Copy");
    this.root = make(
      "div",
      { class: "miglab-panel", role: "group", "aria-label": "The command" },
      make("div", { class: "miglab-command" }, this.line, copy, this.doIt, this.cancel),
      this.options,
      this.work,
      this.result,
      this.sentence,
      this.plan,
      this.preview,
    );
  }

  /** Follow the lab; returns a function that ends this. */
  begin() {
    const ends = [
      follow(this.lab, ["chosen"], () => this.chosenChanged()),
      follow(this.lab, ["preview"], () => this.previewChanged()),
      follow(this.lab, ["work"], () => this.workChanged()),
      follow(this.lab, ["said"], () => this.saidChanged()),
    ];
    return () => ends.forEach((end) => end());
  }

  chosenChanged() {
    const { line, plan, options } = this.lab.get("chosen");
    this.line.textContent = `python manage.py ${line ?? ""}`;
    // Where nothing would change, the preview says it.
    this.sentence.textContent = Object.keys(plan?.cards ?? {}).length ? plan.sentence : "";
    this.plan.textContent = namesOf(plan?.cards ?? {});
    for (const [name, on] of Object.entries(options ?? {})) this.box(name).checked = on;
  }

  /** The box of an option, made when the lab first names it. */
  box(name) {
    if (!this.boxes[name]) {
      const change = (event) => this.lab.send({ do: "option", name, on: event.target.checked });
      this.boxes[name] = make("input", { type: "checkbox", change });
      this.options.append(make("label", {}, this.boxes[name], " ", make("code", {}, name)));
    }
    return this.boxes[name];
  }

  previewChanged() {
    const preview = this.lab.get("preview");
    this.preview.dataset.status = preview.status ?? "";
    this.preview.dataset.line = preview.line ?? "";
    if (preview.status === "ready") {
      // Made by miglab from measured facts, everything in it escaped.
      this.preview.innerHTML = preview.html;
      this.tell(`If you run it: ${preview.verdict}`);
    } else this.preview.textContent = preview.text ?? "";
  }

  workChanged() {
    const work = this.lab.get("work");
    const waiting = work.waiting ? ` (${work.waiting} more waiting)` : "";
    this.work.textContent = work.running ? `${work.running} … ${work.doing ?? ""}${waiting}` : "";
    this.cancel.disabled = !work.running;
    this.cancel.hidden = !work.running;
    this.doIt.disabled = Boolean(work.busy);
  }

  saidChanged() {
    const said = this.lab.get("said");
    this.result.classList.toggle("miglab-error", said.kind === "error");
    if (said.html) this.result.innerHTML = said.html;
    else this.result.textContent = said.text ?? "";
    if (said.text) this.tell(said.text);
  }

  async copy() {
    const text = this.line.textContent;
    try {
      await navigator.clipboard.writeText(text);
      this.tell("Copied.");
    } catch {
      getSelection().selectAllChildren(this.line);
      this.tell("Press Ctrl and C to copy.");
    }
  }
}

/** The planned migrations by name, in order; where there are many, the first of them. */
function namesOf(cards) {
  const ids = Object.keys(cards).sort((one, other) => cards[one].order - cards[other].order);
  const named = ids.slice(0, 3).map((id) => `${cards[id].order}. ${id}`);
  return [...named, ...(ids.length > 3 ? [`and ${ids.length - 3} more`] : [])].join(", ");
}
