// A button that does something once more, and a line that says what came of it.

function render({ model, el }) {
  const button = make("button", { type: "button", click: () => model.send({ do: "again" }) });
  const said = make("span", { class: "miglab-said", role: "status" });
  const root = make("div", { class: "miglab miglab-again" }, button, said);
  const show = () => {
    const shown = model.get("shown");
    button.textContent = shown.label;
    said.innerHTML = shown.said;
  };
  model.on("change:shown", show);
  show();
  el.append(root);
  markWhenDead(model, root);
  return () => model.off("change:shown", show);
}

export default { render };
