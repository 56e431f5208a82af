/* Pairs of translations of one segment: those that an error category decides, and those on which a
   metric and the raters agree or not. A pair is {segment, first, second, outcome}. */

const OUTCOMES = ["wrong", "no difference", "right", "no score"]; // by credit; the last is -1
const DIRECTIONS = ["worse", "equal", "better"]; // the first system by a metric or by the raters

/** Twice the credit of `metric` where `better` should get more than `worse`: 2, 1, 0; -1: no score. */
function credit(metric, better, worse) {
  const x = metric.rank[better], y = metric.rank[worse];
  return x < 0 || y < 0 ? -1 : 1 + Math.sign(x - y);
}

const outcomeOf = (metric, segment, better, worse) => {
  const c = metric ? credit(metric, segment * nSystems + better, segment * nSystems + worse) : -1;
  return c < 0 ? 3 : c;
};

/** The pairs that `category` of `view` decides, the better system first, with the metric's outcome. */
function decidedPairs(view, category, metric) {
  const table = data.decided.find((d) => d.view === view);
  const code = table ? table.categories.indexOf(category) : -1;
  if (code < 0) return [];
  const pairs = [];
  table.category.forEach((c, k) => {
    if (c !== code) return;
    const segment = table.segment[k], first = table.better[k], second = table.worse[k];
    pairs.push({ segment, first, second, outcome: outcomeOf(metric, segment, first, second) });
  });
  return pairs;
}

/** The metric's direction between two cells: with the filter "ties", scores that are no more than its
    calibrated epsilon apart are equal. */
function directionOf(metric, c, d) {
  if (state.ties && metric.tied(c, d)) return 0;
  return Math.sign(metric.rank[c] - metric.rank[d]);
}

/** Calls `visit(segment, first, second, byMetric, byHumans)` for every two rated and scored machine
    systems, the one that is rated better overall first; directions are -1, 0, 1. */
function comparePairs(metric, visit) {
  const human = humans(), machine = data.systems.map((_, s) => s).filter((s) => data.roles[s] === "system");
  for (let i = 0; i < nSegments; i++) {
    const known = machine.filter((s) => metric.rank[i * nSystems + s] >= 0 && human.rank[i * nSystems + s] >= 0);
    known.forEach((a, place) => {
      for (let q = place + 1; q < known.length; q++) {
        const c = i * nSystems + a, d = i * nSystems + known[q];
        visit(i, a, known[q], directionOf(metric, c, d), Math.sign(human.rank[c] - human.rank[d]));
      }
    });
  }
}

/** Whether the filters, those of pairs apart, leave a pair: one translation that they leave, the other of
    a system that they leave. */
function leavesPair(fails, segment, first, second) {
  const others = ~FAILS.pairs, a = fails[segment * nSystems + first] & others, b = fails[segment * nSystems + second] & others;
  return (a === 0 || b === 0) && !((a | b) & FAILS.system);
}

/** 3 × 3 counts of the pairs that the filters leave: rows the metric's direction, columns the raters',
    worse to better. */
function confusion(metric, fails) {
  const counts = [0, 1, 2].map(() => [0, 0, 0]);
  comparePairs(metric, (i, a, b, m, h) => { if (leavesPair(fails, i, a, b)) counts[m + 1][h + 1]++; });
  return counts;
}

/** The pairs of one field of that table, e.g. "worse-better" (metric, raters). */
function quadrantPairs(quadrant, metric) {
  const [m, h] = quadrant.split("-").map((word) => DIRECTIONS.indexOf(word) - 1);
  const outcome = h === 0 ? (m === 0 ? 2 : 0) : m === 0 ? 1 : m === h ? 2 : 0;
  const pairs = [];
  comparePairs(metric, (segment, first, second, byMetric, byHumans) => {
    if (byMetric === m && byHumans === h) pairs.push({ segment, first, second, outcome });
  });
  return pairs;
}
