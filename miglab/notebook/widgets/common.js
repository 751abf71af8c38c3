// What all of miglab's widgets share: the model of their lab, and elements made in one line.

const SVG = "http://www.w3.org/2000/svg";

/** The one model of the lab that this widget shows. */
async function labOf(model) {
  return model.widget_manager.get_model(model.get("lab").slice("IPY_MODEL_".length));
}

/** An element with attributes and children; functions are listeners. */
function make(tag, attributes = {}, ...children) {
  const plain = tag.startsWith("svg:");
  const element = plain
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value);
  }
  element.append(...children.filter((each) => each !== null && each !== undefined));
  return element;
}

/** Call `changed` now and whenever one of these values of the lab changes; returns a function
 * that ends this. */
function follow(lab, names, changed) {
  const events = names.map((name) => `change:${name}`).join(" ");
  lab.on(events, changed);
  changed();
  return () => lab.off(events, changed);
}

/** A line that says that nothing answers any more, and what to run; hidden while all is well. */
function goneLine(lab) {
  const line = make("p", { class: "miglab-gone", role: "alert", hidden: true });
  const look = () => {
    const closed = lab.get("state").closed;
    const gone = closed || lab.comm_live === false;
    line.hidden = !gone;
    line.textContent = !gone
      ? ""
      : closed
        ? "This lab was closed. Open one again: run the cell with Lab(…), then the cell with explore()."
        : "The kernel was restarted, so this picture is out of date. Run the cell with Lab(…) again, then the cell with explore().";
    line.parentElement?.classList.toggle("miglab-dead", gone);
    line.parentElement
      ?.querySelectorAll("button, input, select")
      .forEach((each) => gone && (each.disabled = true));
  };
  lab.on("comm_live_update change:state", look);
  queueMicrotask(look);
  return line;
}
