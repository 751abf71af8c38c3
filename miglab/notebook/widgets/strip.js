// The strip of moments: the current one is always in view, and where there are more than there is
// room for, a button at that end says how many.

class Strip {
  constructor() {
    this.list = make("ol", { class: "miglab-strip", scroll: () => this.count() });
    const button = (to, by) =>
      make("button", { type: "button", class: "miglab-further", "data-to": to, click: () => this.move(by) });
    this.earlier = button("earlier", -1);
    this.later = button("later", 1);
    this.root = make("div", { class: "miglab-moments" }, this.earlier, this.list, this.later);
    this.current = 0;
  }

  /** Follow the room on the page; returns a function that ends this. */
  begin() {
    const sizes = new ResizeObserver(() => this.reveal());
    sizes.observe(this.root);
    return () => sizes.disconnect();
  }

  /** Take these moments; the one at `current` is where the lab is. */
  show(moments, current) {
    const { list } = this;
    const focused = [...list.querySelectorAll("button")].indexOf(list.getRootNode().activeElement);
    const from = list.scrollLeft;
    list.replaceChildren(...moments);
    list.scrollLeft = from;
    list.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    this.current = current;
    this.reveal();
  }

  /** Bring the current moment into view, the page itself staying where it is. */
  reveal() {
    const { list } = this;
    // The buttons take room, so what fits without them is asked first.
    this.earlier.hidden = this.later.hidden = true;
    const fits = list.scrollWidth <= list.clientWidth;
    this.earlier.hidden = this.later.hidden = fits;
    const moment = list.children[this.current];
    if (!fits && moment && !this.sees(moment))
      list.scrollLeft = moment.offsetLeft - (list.clientWidth - moment.offsetWidth) / 2;
    this.count();
  }

  /** Whether all of it is in view. */
  sees({ offsetLeft: left, offsetWidth: width }) {
    const { scrollLeft, clientWidth } = this.list;
    return left >= scrollLeft - 1 && left + width <= scrollLeft + clientWidth + 1;
  }

  move(by) {
    this.list.scrollLeft += by * this.list.clientWidth * 0.75;
    this.count();
  }

  /** Say how many moments are not wholly in view, at each end. */
  count() {
    const { list } = this;
    const hidden = [...list.children].filter((moment) => !this.sees(moment));
    const before = hidden.filter((moment) => moment.offsetLeft < list.scrollLeft).length;
    const after = hidden.length - before;
    list.classList.toggle("miglab-before", before > 0);
    list.classList.toggle("miglab-after", after > 0);
    for (const [button, count, told] of [
      [this.earlier, before, `◂\u00a0${before} earlier`],
      [this.later, after, `${after}\u00a0▸ later`],
    ]) {
      button.textContent = told;
      button.disabled = !count;
    }
  }
}
