// Whether a widget still has its kernel. Without it the place of the widget is given up: what the
// notebook keeps is shown instead.

/** Mark an element as dead as soon as nothing answers any more. */
async function markWhenDead(model, element) {
  const itself = await model.widget_manager.get_model(model.get("itself"));
  const look = () => element.classList.toggle("miglab-dead", itself.comm_live === false);
  itself.on("comm_live_update", look);
  look();
}
