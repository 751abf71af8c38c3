// Signs at the edges of the canvas beyond which there is more of the graph; a click goes there.

const WAYS = {
  left: { x: -1, y: 0, told: (count) => `◂ ${count} more` },
  right: { x: 1, y: 0, told: (count) => `${count} more ▸` },
  up: { x: 0, y: -1, told: (count) => `▴ ${count} more` },
  down: { x: 0, y: 1, told: (count) => `▾ ${count} more` },
};

class Signs {
  /** `look(x, y)` goes on in a direction. */
  constructor(look) {
    this.buttons = {};
    for (const [to, { x, y }] of Object.entries(WAYS))
      this.buttons[to] = make("button", { type: "button", class: "miglab-more", "data-to": to, hidden: true, click: () => look(x, y) });
  }

  get all() {
    return Object.values(this.buttons);
  }

  /** Say how many places are not wholly in view, on each side. */
  follow(places, { x, y, scale }, [width, height]) {
    if (!width) return;
    const counts = { left: 0, right: 0, up: 0, down: 0 };
    for (const place of places) {
      const [left, top] = [x + place.x * scale, y + place.y * scale];
      if (left < -1) counts.left += 1;
      if (left + place.width * scale > width + 1) counts.right += 1;
      if (top < -1) counts.up += 1;
      if (top + place.height * scale > height + 1) counts.down += 1;
    }
    for (const [to, button] of Object.entries(this.buttons)) {
      button.hidden = !counts[to];
      if (button.hidden) continue;
      const told = WAYS[to].told(counts[to]);
      if (button.textContent !== told) button.textContent = told;
      const where = { left: "to the left", right: "to the right", up: "above", down: "below" }[to];
      button.title = `${counts[to]} more ${where}: click here, drag the graph, or use the arrow keys`;
    }
  }
}
