// A question's box. The options are the buttons: pressing one chooses it, pressing it again takes it
// back.

function render({ model, el }) {
  const choose = (choice) => model.send({ do: "choose", choice });
  const asked = model.get("shown");
  const lead = make("p", { class: "miglab-asked" });
  lead.innerHTML = `<b>Predict.</b> ${asked.text}`;
  const inputs = { one: oneOf, several: anyOf, number: aNumber }[asked.kind](asked, choose);
  const said = make("span", { class: "miglab-said", role: "status" });
  const again = make(
    "button",
    {
      type: "button",
      class: "miglab-start-again",
      click: () => model.send({ do: "again" }),
    },
    "Start again",
  );
  const foot = make("p", { class: "miglab-foot" }, said, again);
  const root = make("div", { class: "miglab miglab-ask" }, lead, inputs.element, foot);
  // What a button does with a key is the button's: JupyterLab would edit the cell. Shift+Enter and
  // its like are JupyterLab's.
  root.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain && KEYS.has(event.key)) event.stopPropagation();
  });
  const show = () => {
    const shown = model.get("shown");
    inputs.show(shown);
    said.innerHTML = shown.said;
    again.hidden = shown.chosen === null && !shown.frozen;
    root.classList.toggle("miglab-frozen", shown.frozen);
  };
  model.on("change:shown", show);
  show();
  el.append(root);
  markWhenDead(model, root);
  return () => model.off("change:shown", show);
}

/** Keys that buttons, boxes and fields need for themselves. */
const KEYS = new Set(["Enter", " ", "Backspace", "Delete", ..."0123456789"]);

function oneOf(asked, choose) {
  let chosen = null;
  const buttons = asked.options.map(({ value, mark, text }) => {
    const words = make("span");
    words.innerHTML = text;
    const press = () => choose(value === chosen ? null : value);
    return make(
      "button",
      { type: "button", class: "miglab-option", click: press },
      make("b", {}, mark),
      words,
    );
  });
  return {
    element: make("div", { class: "miglab-options", role: "group", "aria-label": "Options" }, ...buttons),
    show(shown) {
      chosen = shown.chosen;
      buttons.forEach((button, place) => {
        button.setAttribute("aria-pressed", asked.options[place].value === chosen);
        button.disabled = shown.frozen;
      });
    },
  };
}

function anyOf(asked, choose) {
  const box = (text) => {
    const input = make("input", { type: "checkbox" });
    const words = make("span");
    words.innerHTML = text;
    return { input, label: make("label", { class: "miglab-tick" }, input, words) };
  };
  const names = asked.options.map(({ value, text }) => ({ value, ...box(text) }));
  const none = box(asked.none);
  const ticked = () => names.filter(({ input }) => input.checked).map(({ value }) => value);
  for (const { input } of names)
    input.addEventListener("change", () => choose(ticked().length ? ticked() : null));
  none.input.addEventListener("change", () => choose(none.input.checked ? [] : null));
  return {
    element: make(
      "div",
      { class: "miglab-ticks", role: "group", "aria-label": asked.label },
      ...names.map(({ label }) => label),
      none.label,
    ),
    show({ chosen, frozen }) {
      for (const { value, input } of names) input.checked = Boolean(chosen?.includes(value));
      none.input.checked = chosen?.length === 0;
      for (const { input } of [...names, none]) input.disabled = frozen;
    },
  };
}

function aNumber(asked, choose) {
  const field = make("input", { type: "number", min: 0, step: 1, "aria-label": "I predict" });
  const take = () => choose(field.value === "" ? null : Number(field.value));
  field.addEventListener("change", take);
  const button = make("button", { type: "button", click: take }, "Use this number");
  return {
    element: make("p", { class: "miglab-number" }, "I predict ", field, button),
    show({ chosen, frozen }) {
      if (chosen !== null || frozen || document.activeElement !== field)
        field.value = chosen ?? "";
      field.disabled = button.disabled = frozen;
    },
  };
}

export default { render };
