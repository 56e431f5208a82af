/* Ratings as the page goes by them, and how metrics stand to them and to each other. */

/** How much better the metric likes a translation than humans do, in points of percentile; or null. */
function residual(metric, c) {
  const own = metric.percentile(c), human = rating && humans().percentile(c);
  return own === null || human === null ? null : own - human;
}

/** How far apart two metrics put a translation, in points of percentile; or null. */
function apartOf(one, other, c) {
  const a = one.percentile(c), b = other.percentile(c);
  return a === null || b === null ? null : Math.abs(a - b);
}

const ofRaters = new Map(); // rater: a variable of the ratings

/** The ratings that the page goes by: the means of the raters, or those of the rater chosen. Ratings that were
    given as numbers stay: what a rater's marks weigh is another scale. */
function humans() {
  if (!state.rater || !data.rated_by_marks) return rating;
  if (!ofRaters.has(state.rater)) {
    const scale = 10_000, own = new Map(), rater = annotations.raters.indexOf(state.rater);
    annotations.segment.forEach((i, a) => {
      if (annotations.rater[a] === rater && annotations.rating[a] !== null) own.set(i * nSystems + annotations.system[a], Math.round(annotations.rating[a] * scale));
    });
    const distinct = [...new Set(own.values())].sort((a, b) => a - b), rank = new Map(distinct.map((v, r) => [v, r]));
    ofRaters.set(state.rater, variable({ ...rating, scale, steps: distinct.map((v, r) => v - (r ? distinct[r - 1] : 0)),
      ranks: Array.from({ length: nCells }, (_, c) => rank.get(own.get(c)) ?? -1) }));
  }
  return ofRaters.get(state.rater);
}
const ratingValue = (c) => humans().value(c);
