/* A metric against the ratings: every translation, or every system by its means. Dragging a rectangle
   sets the filters of numbers or of systems. */

const PLANE = { height: 380, right: 12, top: 12, bottom: 44 };
const CROWD = 4000; // more points are drawn as the density of squares of so many pixels
const SQUARE = 4;

/** The width of the plane in pixels: what the page has room for. */
const planeWidth = () => Math.max(280, Math.min(640, document.getElementById("chart-scatter").clientWidth || 640));

/** Translations or systems. */
function levelChoice() {
  const choice = element("select", { change: () => change({ level: choice.value }, true, "against") },
    element("option", { value: "" }, "translations"), element("option", { value: "systems" }, "systems"));
  return { node: element("label", {}, "Points: ", choice), update() { choice.value = state.level; } };
}

/** Round numbers from `low` to `high`, about five. */
function ticksBetween(low, high) {
  const rough = (high - low || 1) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(Number((k * step).toPrecision(10)));
  return ticks;
}

/** The systems with both means over the translations that are rated and scored. */
function systemMeans(metric) {
  return data.systems.map((name, s) => {
    let n = 0, x = 0, y = 0;
    for (let c = s; c < nCells; c += nSystems) {
      const human = ratingValue(c);
      if (human === null || metric.rank[c] < 0) continue;
      n++; x += human; y += metric.value(c);
    }
    return { name, role: data.roles[s], n, x: x / n, y: y / n };
  }).filter((system) => system.n > 0);
}

/** From the smallest to the largest value; without the outermost ones where these alone would take most of
    the plane (they are drawn at its edge). */
function extentOf(values) {
  if (!values.length) return [0, 1];
  const sorted = Float64Array.from(values).sort(), at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const whole = [sorted[0], sorted[sorted.length - 1]], core = [at(0.002), at(0.998)];
  return whole[1] - whole[0] > 1.6 * (core[1] - core[0]) && core[1] > core[0] ? core : whole;
}

/** What stands on the plane at a level: its extent, its points, and what a rectangle asks for. An end of a
    rectangle at the plane's edge asks for no limit. */
function levelOf(metric, level) {
  const cut = (n, [low, high]) => (Number.isFinite(n) ? String(Number(n.toFixed(Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(high - low || 1))))))) : "");
  if (level === "systems") {
    const systems = systemMeans(metric);
    const extent = (of) => {
      const values = systems.map(of), low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.08 || 0.5;
      return values.length ? [low - room, high + room] : [0, 1];
    };
    return {
      x: extent((s) => s.x), y: extent((s) => s.y), means: true, n: systems.length,
      draw: (pen, plane, px, py, colour) => drawSystems(pen, plane, systems, px, py, colour),
      within: (x0, x1, y0, y1) => {
        const names = systems.filter((s) => s.x >= x0 && s.x <= x1 && s.y >= y0 && s.y <= y1).map((s) => s.name);
        return names.length ? { systems: names } : null;
      },
      explanation: "A point a system: the means of its scores and ratings over the translations that have both. Drag a rectangle around systems to keep them alone; from the keyboard, use the filter of systems.",
    };
  }
  const points = [];
  for (let c = 0; c < nCells; c++) {
    const human = metric.rank[c] < 0 ? null : ratingValue(c);
    if (human !== null) points.push({ c, x: human, y: metric.value(c) });
  }
  const x = extentOf(points.map((p) => p.x)), y = extentOf(points.map((p) => p.y));
  const beyond = points.filter((p) => p.x < x[0] || p.x > x[1] || p.y < y[0] || p.y > y[1]).length;
  return {
    x, y, n: points.length, points,
    draw: (pen, plane, px, py, colour) => drawTranslations(pen, points, px, py, colour),
    within: (x0, x1, y0, y1) => ({ rlow: cut(x0, x), rhigh: cut(x1, x), low: cut(y0, y), high: cut(y1, y) }),
    explanation: (points.length > CROWD ? "The darker a place, the more translations have such a rating and score; " : "A point a translation; ") +
      "those that the filters leave are blue." + (beyond ? ` ${formatCount(beyond)} beyond the edge are drawn on it.` : "") +
      (metric.epsilon > 0 ? " The band holds the scores that are tied with the one in its middle, no more than \u03b5 apart; it follows the pointer." : "") +
      " Drag a rectangle (with a finger, sideways first) to keep its translations alone; from the keyboard, use the filters of scores and ratings.",
  };
}

/** Points, those that the filters leave above the others; a crowd of them as density. */
function drawTranslations(pen, points, px, py, colour) {
  const out = FAILS.score | FAILS.rating, { fails } = currentAnswer();
  const crowd = points.length > CROWD;
  for (const chosen of [false, true]) {
    const own = points.filter(({ c }) => !(fails[c] & ~out) && (fails[c] === 0) === chosen);
    pen.fillStyle = colour(chosen ? "--link" : "--soft");
    if (!crowd) {
      pen.globalAlpha = chosen ? 0.5 : 0.12;
      for (const p of own) pen.fillRect(px(p.x) - 1.5, py(p.y) - 1.5, 3, 3);
      continue;
    }
    const counts = new Map();
    let most = 1;
    for (const p of own) {
      const key = Math.floor(px(p.x) / SQUARE) * 10_000 + Math.floor(py(p.y) / SQUARE), n = (counts.get(key) || 0) + 1;
      counts.set(key, n);
      if (n > most) most = n;
    }
    for (const [key, n] of counts) {
      pen.globalAlpha = (chosen ? 0.18 + 0.82 * Math.log1p(n) / Math.log1p(most) : 0.1 + 0.2 * Math.log1p(n) / Math.log1p(most));
      pen.fillRect(Math.floor(key / 10_000) * SQUARE, (key % 10_000) * SQUARE, SQUARE, SQUARE);
    }
  }
  pen.globalAlpha = 1;
}

/** The scores that are tied with the one at `score`. */
function drawTies(pen, plane, metric, score, py, colour) {
  const y0 = Math.max(plane.top, py(score + metric.epsilon)), y1 = Math.min(plane.height - plane.bottom, py(score - metric.epsilon));
  pen.fillStyle = colour("--critical-line");
  pen.globalAlpha = 0.22;
  pen.fillRect(plane.left, y0, plane.width - plane.left - plane.right, Math.max(1.5, y1 - y0));
  pen.globalAlpha = 1;
  pen.textAlign = "right";
  const text = `tied with ${formatNumber(score, metric.decimals)} (\u03b5 ${Number(metric.epsilon.toPrecision(3))})`, wide = pen.measureText(text).width;
  const above = y0 - plane.top > 22, at = above ? y0 - 6 : y1 + 16;
  pen.fillStyle = colour("--ground");
  pen.globalAlpha = 0.8;
  pen.fillRect(plane.width - plane.right - 10 - wide, at - 13, wide + 8, 17);
  pen.globalAlpha = 1;
  pen.fillStyle = colour("--ink");
  pen.fillText(text, plane.width - plane.right - 6, at);
}

/** Machine systems are discs, others rings; a name stands where it covers nothing. */
function drawSystems(pen, plane, systems, px, py, colour) {
  const points = systems.map((s) => ({ ...s, px: px(s.x), py: py(s.y) }));
  const taken = points.map((p) => [p.px - 5, p.py - 5, p.px + 5, p.py + 5]);
  for (const p of points) {
    pen.globalAlpha = state.systems.includes(p.name) ? 1 : 0.3;
    pen.fillStyle = pen.strokeStyle = colour("--link");
    pen.beginPath();
    pen.arc(p.px, p.py, 5, 0, 2 * Math.PI);
    if (p.role === "system") pen.fill(); else pen.stroke();
    const name = visible(Array.from(p.name).slice(0, 28).join("")), wide = pen.measureText(name).width;
    const boxes = [[p.px + 8, p.py - 8], [p.px - 8 - wide, p.py - 8], [p.px - wide / 2, p.py - 22], [p.px - wide / 2, p.py + 6]]
      .map(([x, y]) => [x, y, x + wide, y + 16]);
    const free = boxes.find((b) => b[0] > plane.left && b[2] < plane.width - plane.right && b[1] > plane.top && b[3] < plane.height - plane.bottom &&
      !taken.some((t) => t[0] < b[2] && t[2] > b[0] && t[1] < b[3] && t[3] > b[1]));
    if (!free) continue;
    taken.push(free);
    pen.fillStyle = colour("--ink");
    pen.textAlign = "left";
    pen.fillText(name, free[0], free[1] + 12);
  }
  pen.globalAlpha = 1;
}

function scatter(metric, level) {
  const width = planeWidth(), plane = { ...PLANE, width, left: width < 480 ? 46 : 64, height: width < 480 ? 320 : PLANE.height };
  const { height, left, right, top, bottom } = plane, ratio = Math.max(1, Math.min(3, devicePixelRatio || 1));
  const shown = levelOf(metric, level), [x0, x1] = shown.x, [y0, y1] = shown.y;
  const wide = width - left - right, tall = height - top - bottom, inside = (v, a, b) => Math.max(a, Math.min(b, v));
  const px = (v) => left + ((inside(v, x0, x1) - x0) / (x1 - x0 || 1)) * wide, py = (v) => height - bottom - ((inside(v, y0, y1) - y0) / (y1 - y0 || 1)) * tall;
  const vx = (p) => (p <= left ? -Infinity : p >= width - right ? Infinity : x0 + ((p - left) / wide) * (x1 - x0));
  const vy = (p) => (p >= height - bottom ? -Infinity : p <= top ? Infinity : y0 + ((height - bottom - p) / tall) * (y1 - y0));
  const canvas = element("canvas", { width: width * ratio, height: height * ratio, role: "img",
    "aria-label": `${visible(metric.label)} by human rating, ${level}; the filters choose the same by keyboard` });
  canvas.style.width = width + "px";
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(ratio, ratio);
  const remaining = element("span", { role: "status" });
  const show = button("show the segments", {}, () => { status.scrollIntoView({ block: "start" }); status.focus({ preventScroll: true }); });
  const colours = getComputedStyle(document.documentElement), colour = (name) => colours.getPropertyValue(name).trim();
  const tied = !shown.means && metric.epsilon > 0 && shown.n > 0;
  const middle = tied && Float64Array.from(shown.points, (p) => p.y).sort()[shown.n >> 1];
  let start = null, picture = null;
  const ties = (score) => { if (tied) drawTies(pen, plane, metric, score, py, colour); };
  canvas.redraw = () => {
    pen.clearRect(0, 0, width, height);
    pen.font = "13px sans-serif";
    drawAxes(pen, plane, metric, shown, px, py, colour);
    shown.draw(pen, plane, px, py, colour);
    picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    ties(middle);
    const answer = currentAnswer(), remain = shown.means ? null : shown.points.filter(({ c }) => answer.fails[c] === 0).length;
    remaining.textContent = shown.means ? `The filters leave ${formatCount(state.systems.length)} of ${formatCount(nSystems)} systems. `
      : `The filters leave ${formatCount(remain)} of these ${formatCount(shown.n)} translations with rating and score. `;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = at(event);
    canvas.setPointerCapture(event.pointerId);
    document.addEventListener("keydown", escape);
  });
  /** Ends a drag; returns where it began. */
  const end = () => { const began = start; start = null; document.removeEventListener("keydown", escape); return began; };
  const escape = (event) => { if (event.key === "Escape") { end(); restore(); } };
  const restore = () => { pen.putImageData(picture, 0, 0); ties(middle); };
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (!start && !tied) return;
    pen.putImageData(picture, 0, 0);
    if (start) pen.strokeRect(start[0], start[1], x - start[0], y - start[1]);
    else ties(inside(y0 + ((height - bottom - y) / tall) * (y1 - y0), y0, y1));
  });
  canvas.addEventListener("pointerleave", () => { if (!start && tied) restore(); });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [x, y] = at(event), [a, b] = end();
    const small = Math.abs(x - a) < 4 && Math.abs(y - b) < 4;
    if (small && !shown.means) return restore();
    const around = small ? 8 : 0; // a click on a system chooses it
    const asked = shown.within(vx(Math.min(a, x) - around), vx(Math.max(a, x) + around), vy(Math.max(b, y) + around), vy(Math.min(b, y) - around));
    if (asked) change({ metric: metric.name, ...asked }, false, "against"); else restore();
  });
  canvas.addEventListener("pointercancel", () => { end(); restore(); });
  return element("figure", { class: "plot scatter" }, element("h3", {}, `${visible(metric.label)} against human ratings, ${level}`), canvas, element("p", { class: "tools" }, remaining, show),
    element("figcaption", {}, shown.explanation));
}

function drawAxes(pen, plane, metric, shown, px, py, colour) {
  const { width, height, left, right, top, bottom } = plane, text = (v) => String(v).replace("-", "\u2212");
  const [x0, x1] = shown.x, [y0, y1] = shown.y;
  pen.lineWidth = 1;
  pen.fillStyle = colour("--soft");
  pen.strokeStyle = colour("--line");
  const line = (...ends) => { pen.beginPath(); pen.moveTo(ends[0], ends[1]); pen.lineTo(ends[2], ends[3]); pen.stroke(); };
  pen.textAlign = "center";
  for (const v of ticksBetween(x0, x1)) { line(px(v), top, px(v), height - bottom); pen.fillText(text(v), px(v), height - bottom + 16); }
  pen.textAlign = "right";
  for (const v of ticksBetween(y0, y1)) { line(left, py(v), width - right, py(v)); pen.fillText(text(v), left - 6, py(v) + 4); }
  pen.strokeStyle = colour("--soft");
  pen.strokeRect(left, top, width - left - right, height - top - bottom);
  pen.fillStyle = colour("--ink");
  pen.textAlign = "center";
  pen.fillText((shown.means ? "mean human rating" : "human rating") + (state.rater ? `, ${visible(state.rater)}` : ""), left + (width - left - right) / 2, height - 8);
  pen.save();
  pen.translate(14, top + (height - top - bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText((shown.means ? "mean " : "") + visible(Array.from(metric.label).slice(0, 40).join("")), 0, 0);
  pen.restore();
  pen.strokeStyle = colour("--ink");
}
