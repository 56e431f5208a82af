/* A metric against the ratings: every translation, or every system by its means. Dragging a rectangle
   sets the filters of numbers or of systems. */

const PLANE = { width: 640, height: 380, left: 64, right: 12, top: 12, bottom: 44 };

/** Translations or systems. */
function levelChoice() {
  const choice = element("select", { change: updateCharts },
    ...["translations", "systems"].map((level) => element("option", { value: level }, level)));
  const node = element("label", {}, "Points: ", choice);
  node.value = () => choice.value;
  return { node, update() {} };
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
      if (rating.rank[c] < 0 || metric.rank[c] < 0) continue;
      n++; x += rating.value(c); y += metric.value(c);
    }
    return { name, role: data.roles[s], n, x: x / n, y: y / n };
  }).filter((system) => system.n > 0);
}

/** What stands on the plane at a level: its extent, its points, and what a rectangle asks for. */
function levelOf(metric, level) {
  const cut = (n) => String(Math.round(n * 1000) / 1000);
  if (level === "systems") {
    const systems = systemMeans(metric);
    const extent = (of) => {
      const values = systems.map(of), low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.08 || 0.5;
      return values.length ? [low - room, high + room] : [0, 1];
    };
    return {
      x: extent((s) => s.x), y: extent((s) => s.y), means: true,
      draw: (pen, px, py, colour) => drawSystems(pen, systems, px, py, colour),
      within: (x0, x1, y0, y1) => {
        const names = systems.filter((s) => s.x >= x0 && s.x <= x1 && s.y >= y0 && s.y <= y1).map((s) => s.name);
        return names.length ? { systems: names } : null;
      },
      explanation: "A point a system: the means of its scores and ratings over the translations that have both. Drag a rectangle around systems to keep them alone; from the keyboard, use the filter of systems.",
    };
  }
  const extent = (v) => (v.values.length ? [v.values[0], v.values[v.values.length - 1]] : [0, 1]);
  return {
    x: extent(rating), y: extent(metric),
    draw: (pen, px, py, colour) => drawTranslations(pen, metric, px, py, colour),
    within: (x0, x1, y0, y1) => ({ rlow: cut(x0), rhigh: cut(x1), low: cut(y0), high: cut(y1) }),
    explanation: "A point a translation; those that the filters leave are darker. Drag a rectangle to keep its translations alone; from the keyboard, use the filters of scores and ratings.",
  };
}

function drawTranslations(pen, metric, px, py, colour) {
  const out = FAILS.score | FAILS.rating, answer = currentAnswer();
  for (const chosen of [false, true]) { // those that the filters leave stand above the others
    pen.fillStyle = colour(chosen ? "--link" : "--soft");
    pen.globalAlpha = chosen ? 0.5 : 0.12;
    for (let c = 0; c < nCells; c++) {
      if (rating.rank[c] < 0 || metric.rank[c] < 0 || answer.fails[c] & ~out || (answer.fails[c] === 0) !== chosen) continue;
      pen.fillRect(px(rating.value(c)) - 1.5, py(metric.value(c)) - 1.5, 3, 3);
    }
  }
  pen.globalAlpha = 1;
  if (metric.epsilon === null) return;
  const [low, high] = [metric.values[0], metric.values[metric.values.length - 1]]; // how far apart two scores may be and count as tied
  const tall = py(low) - py(Math.min(low + metric.epsilon, high)), x = PLANE.left + 10, y = PLANE.top + 14;
  pen.fillStyle = colour("--ink");
  pen.textAlign = "left";
  pen.fillRect(x, y, 6, Math.max(tall, 1));
  pen.fillText("\u03b5 " + formatNumber(metric.epsilon, metric.decimals + 1) + ": scores this close are tied", x + 12, y + 10);
}

/** Machine systems are discs, others rings; a name stands where it covers nothing. */
function drawSystems(pen, systems, px, py, colour) {
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
    const free = boxes.find((b) => b[0] > PLANE.left && b[2] < PLANE.width - PLANE.right && b[1] > PLANE.top && b[3] < PLANE.height - PLANE.bottom &&
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
  const { width, height, left, right, top, bottom } = PLANE, ratio = Math.max(1, Math.min(3, devicePixelRatio || 1));
  const shown = levelOf(metric, level), [x0, x1] = shown.x, [y0, y1] = shown.y;
  const wide = width - left - right, tall = height - top - bottom;
  const px = (v) => left + ((v - x0) / (x1 - x0 || 1)) * wide, py = (v) => height - bottom - ((v - y0) / (y1 - y0 || 1)) * tall;
  const vx = (p) => x0 + ((p - left) / wide) * (x1 - x0), vy = (p) => y0 + ((height - bottom - p) / tall) * (y1 - y0);
  const canvas = element("canvas", { width: width * ratio, height: height * ratio, role: "img",
    "aria-label": `${visible(metric.label)} by human rating, ${level}; the filters choose the same by keyboard` });
  canvas.style.width = width + "px";
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(ratio, ratio);
  const remaining = element("p", { class: "tools", role: "status" });
  let start = null, picture = null;
  canvas.redraw = () => {
    const colours = getComputedStyle(document.documentElement), colour = (name) => colours.getPropertyValue(name).trim();
    pen.clearRect(0, 0, width, height);
    pen.font = "13px sans-serif";
    drawAxes(pen, metric, shown, px, py, colour);
    shown.draw(pen, px, py, colour);
    picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const answer = currentAnswer();
    remaining.replaceChildren(`The filters leave ${formatCount(answer.nFound)} of ${formatCount(nCells)} translations in ${formatCount(answer.found.length)} segments. `,
      button("show them", {}, () => status.scrollIntoView({ block: "start" })));
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => { start = at(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = at(event);
    pen.putImageData(picture, 0, 0);
    pen.strokeRect(start[0], start[1], x - start[0], y - start[1]);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [x, y] = at(event), [a, b] = start;
    start = null;
    const small = Math.abs(x - a) < 4 && Math.abs(y - b) < 4;
    if (small && !shown.means) return canvas.redraw();
    const around = small ? 8 : 0; // a click on a system chooses it
    const asked = shown.within(vx(Math.min(a, x) - around), vx(Math.max(a, x) + around), vy(Math.max(b, y) + around), vy(Math.min(b, y) - around));
    if (asked) change({ metric: metric.name, ...asked }); else canvas.redraw();
  });
  canvas.addEventListener("pointercancel", () => { start = null; canvas.redraw(); });
  return element("figure", { class: "plot scatter" }, element("h3", {}, `${visible(metric.label)} against human ratings, ${level}`), canvas, remaining,
    element("figcaption", {}, shown.explanation));
}

function drawAxes(pen, metric, shown, px, py, colour) {
  const { width, height, left, right, top, bottom } = PLANE, text = (v) => String(v).replace("-", "\u2212");
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
  pen.fillText(shown.means ? "mean human rating" : "human rating", left + (width - left - right) / 2, height - 8);
  pen.save();
  pen.translate(14, top + (height - top - bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText((shown.means ? "mean " : "") + visible(Array.from(metric.label).slice(0, 40).join("")), 0, 0);
  pen.restore();
  pen.strokeStyle = colour("--ink");
}
