/* A list of any length: only the segments in view are in the page. A closed segment has a fixed
   height, an open one that which was measured; blank blocks stand for the rest. */

const OVERSCAN = 400; // pixels above and below the view

function segmentList() {
  const before = element("div", { class: "blank" }), after = element("div", { class: "blank" });
  const rows = element("div", { class: "rows" });
  const box = element("div", { class: "list", role: "feed", tabindex: "0", "aria-label": "segments; j and k go from one to the next" }, before, rows, after);
  const open = new Map(); // segment: measured height
  const nodes = new Map(); // segment: article
  let answer = null, places = new Map(), closed = 0, waiting = false, printing = false;

  const lengthTo = (place) => {
    let length = place * closed;
    for (const [i, height] of open) if (places.has(i) && places.get(i) < place) length += height - closed;
    return length;
  };
  /** The place of the segment at `y` pixels from the top of the list. */
  function placeAt(y) {
    let low = 0, high = Math.max(0, answer.found.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lengthTo(middle) <= y) low = middle; else high = middle - 1;
    }
    return low;
  }

  function article(i, place) {
    const node = segmentArticle(i, answer, open.has(i));
    node.setAttribute("aria-posinset", place + 1);
    node.setAttribute("aria-setsize", answer.found.length);
    node.segment = i;
    nodes.set(i, node);
    return node;
  }

  function render() {
    waiting = false;
    if (!answer || !box.isConnected || printing) return;
    const n = answer.found.length;
    if (n === 0) { rows.replaceChildren(); nodes.clear(); before.style.height = after.style.height = "0"; return; }
    if (!closed) measureClosed();
    const first = placeAt(box.scrollTop - OVERSCAN), last = placeAt(box.scrollTop + box.clientHeight + OVERSCAN);
    const wanted = answer.found.slice(first, last + 1), kept = new Set(wanted);
    for (const [i, node] of nodes) if (!kept.has(i)) { node.remove(); nodes.delete(i); }
    let next = rows.firstChild;
    wanted.forEach((i, offset) => {
      const node = nodes.get(i) || article(i, first + offset);
      if (node === next) next = node.nextSibling; else rows.insertBefore(node, next);
    });
    let moved = 0;
    const view = placeAt(box.scrollTop);
    for (const [i, height] of open) {
      if (!nodes.has(i)) continue;
      const real = nodes.get(i).offsetHeight;
      if (real === height) continue;
      if (places.get(i) < view) moved += real - height;
      open.set(i, real);
    }
    before.style.height = lengthTo(first) + "px";
    after.style.height = Math.max(0, lengthTo(n) - lengthTo(last + 1)) + "px";
    if (moved) box.scrollTop += moved;
  }

  function measureClosed() {
    const sample = segmentArticle(answer.found[0], answer, false);
    rows.append(sample);
    closed = sample.offsetHeight;
    sample.remove();
  }

  const later = () => { if (!waiting) { waiting = true; requestAnimationFrame(render); } };
  box.addEventListener("scroll", later, { passive: true });
  new ResizeObserver(() => { closed = 0; later(); }).observe(box);
  new ResizeObserver(later).observe(rows);

  return {
    box,
    /** Shows another answer of the filters, from its top. */
    show(given) {
      answer = given;
      places = new Map(answer.found.map((i, place) => [i, place]));
      rows.replaceChildren();
      nodes.clear();
      box.scrollTop = 0;
      render();
    },
    isOpen: (i) => open.has(i),
    setOpen(i, on) {
      if (on) open.set(i, closed); else open.delete(i);
      nodes.get(i)?.remove();
      nodes.delete(i);
      render();
      render(); // with the height that the first one measured
    },
    closeAll() { for (const i of [...open.keys()]) { open.delete(i); nodes.get(i)?.remove(); nodes.delete(i); } },
    /** Brings a segment into view, at the top unless it is in view already. */
    reveal(i, atTop) {
      const top = lengthTo(places.get(i)), bottom = top + (open.get(i) ?? closed);
      if (atTop || top < box.scrollTop) box.scrollTop = top;
      else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = Math.min(top, bottom - box.clientHeight);
      render();
    },
    focus: (i) => nodes.get(i)?.querySelector("button").focus({ preventScroll: true }),
    placeOf: (i) => places.get(i),
    /** The place of the first segment that begins in view. */
    placeInView() {
      const place = placeAt(box.scrollTop);
      return lengthTo(place) < box.scrollTop - 2 ? Math.min(place + 1, answer.found.length - 1) : place;
    },
    /** Has the first `most` segments in the page, for a printer; returns how many these are. */
    showForPrint(most) {
      printing = true; // whatever the printer's width sets off must not cut the list again
      const wanted = answer.found.slice(0, most);
      rows.replaceChildren(...wanted.map((i, place) => nodes.get(i) || article(i, place)));
      before.style.height = after.style.height = "0";
      return wanted.length;
    },
    showForScreen() { printing = false; rows.replaceChildren(); nodes.clear(); render(); },
  };
}
