// The mouse and the finger on the canvas: a drag moves the graph, the wheel with Ctrl zooms.

function listenToPointer(canvas) {
  const { root } = canvas;
  let from = null;
  let pressed = null;
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pressed = event.target.closest(".miglab-card, .miglab-foldable");
    from = { x: event.clientX, y: event.clientY, at: { ...canvas.at }, moved: false };
  });
  root.addEventListener("pointermove", (event) => {
    if (!from || !(event.buttons & 1)) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    // A hand that clicks trembles.
    if (!from.moved && Math.hypot(x, y) < 5) return;
    if (!from.moved) root.setPointerCapture(event.pointerId);
    from.moved = true;
    pressed = null;
    canvas.touched = true;
    canvas.at.x = from.at.x + x;
    canvas.at.y = from.at.y + y;
    canvas.draw();
  });
  const end = () => (from = null);
  root.addEventListener("pointerup", end);
  root.addEventListener("pointercancel", end);
  root.addEventListener(
    "click",
    (event) => {
      // What was pressed is meant, also where a new layout took it away from under the pointer.
      const meant = pressed;
      pressed = null;
      if (!meant?.isConnected || meant.contains(event.target)) return;
      event.stopPropagation();
      meant.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    },
    true,
  );
  root.addEventListener(
    "wheel",
    (event) => {
      // The page scrolls by the wheel alone.
      if (event.ctrlKey || event.metaKey) {
        canvas.touched = true;
        const box = root.getBoundingClientRect();
        canvas.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        canvas.touched = true;
        canvas.at.x -= event.deltaX || event.deltaY;
        canvas.draw();
      } else return;
      event.preventDefault();
    },
    { passive: false },
  );
}
