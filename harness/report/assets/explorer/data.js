/* The data (see harness/report/segments.py), unpacked and indexed. A cell is a translation: segment
   times the number of systems, plus system. */

let data, spans, annotations, nSystems, nSegments, nCells;
let metrics, rating; // variables: see variable()
let spansOfCell, annotationsOfCell; // lists, see grouped()
let cellOfSpan;
let metricSpansOfCell; // positions in data.metric_spans, see grouped()

function prepare(unpacked) {
  data = unpacked;
  ({ spans, annotations } = data);
  nSegments = data.ids.length;
  nSystems = data.systems.length;
  nCells = nSegments * nSystems;
  metrics = data.metrics.map(variable);
  rating = data.rating && variable({ name: "rating", label: "human rating", decimals: 2, ...data.rating });
  const cellOfAnnotation = annotations.segment.map((i, a) => i * nSystems + annotations.system[a]);
  cellOfSpan = spans.annotation.map((a) => cellOfAnnotation[a]);
  annotationsOfCell = grouped(cellOfAnnotation, nCells);
  spansOfCell = grouped(cellOfSpan, nCells);
  metricSpansOfCell = grouped(data.metric_spans.segment.map((i, k) => i * nSystems + data.metric_spans.system[k]), nCells);
}

/** Positions by the group that `groups` puts each into: `order`, cut at `starts`; `of(g)` lists. */
function grouped(groups, n) {
  const starts = new Int32Array(n + 1), order = new Int32Array(groups.length);
  for (const g of groups) starts[g + 1]++;
  for (let g = 0; g < n; g++) starts[g + 1] += starts[g];
  const next = starts.slice(0, n);
  groups.forEach((g, k) => { order[next[g]++] = k; });
  return { starts, order, of: (g) => Array.from(order.subarray(starts[g], starts[g + 1])) };
}

/** Scores of one metric, or the ratings: `rank[cell]` among the distinct values (-1 - reason where
    there is none), `value(cell)` and `percentile(cell)` among all translations, or null. */
function variable({ name, label, decimals, scale, steps, ranks, epsilon = null, reach = null }) {
  const rank = new Int32Array(ranks);
  const values = whenAsked(() => summed(new Float64Array(steps)).map((sum) => sum / scale));
  const within = whenAsked(() => reach && summed(new Int32Array(reach)));
  const percentiles = whenAsked(() => {
    const counts = new Float64Array(steps.length);
    let n = 0, below = 0;
    for (const r of rank) if (r >= 0) { counts[r]++; n++; }
    return counts.map((count) => {
      const here = (100 * (below + count / 2)) / n;
      below += count;
      return here;
    });
  });
  return {
    name, label, decimals, rank, epsilon,
    get values() { return values(); },
    /** Whether two scores are no more than the calibrated epsilon apart, as the statistic counts them. */
    tied(c, d) {
      const low = Math.min(rank[c], rank[d]), high = Math.max(rank[c], rank[d]);
      return high - low <= (reach ? within()[low] : 0);
    },
    value: (c) => (rank[c] < 0 ? null : values()[rank[c]]),
    percentile: (c) => (rank[c] < 0 ? null : percentiles()[rank[c]]),
    reason: (c) => (rank[c] < 0 ? data.reasons[-1 - rank[c]] : ""),
  };
}

/** `numbers` added up from the first on, in place. */
function summed(numbers) {
  for (let r = 1; r < numbers.length; r++) numbers[r] += numbers[r - 1];
  return numbers;
}

const systemOf = (c) => c % nSystems;
const segmentOf = (c) => Math.floor(c / nSystems);
const metricNamed = (name) => metrics.find((m) => m.name === name);
/** Ways to filter by category: the value in the address, the text, a group, a number for each span
    and which number is meant. */
function categoryFilters() {
  const filters = [];
  for (const first of [...new Set(spans.first_levels)].sort()) {
    const codes = spans.codes.filter((c, j) => spans.first_levels[j] === first && c !== first);
    const own = new Uint8Array(spans.category.length);
    for (let k = 0; k < own.length; k++) own[k] = spans.first_levels[spans.category[k]] === first ? 1 : 0;
    filters.push({ group: "Labels of the raters", value: first, label: codes.length ? `${first} (all)` : first,
      of: own, is: 1 });
    for (const code of codes.sort()) {
      filters.push({ group: "Labels of the raters", value: code, label: code, of: spans.category, is: spans.codes.indexOf(code) });
    }
  }
  for (const view of spans.views) {
    view.categories.forEach((name, j) => filters.push({ group: `View ${view.name}`, value: `${view.name}:${name}`,
      label: name.replaceAll("_", " "), of: view.of, is: j }));
  }
  return filters;
}
