/* The verdict for another level and statistic: the charts wait in templates. */

function offerVerdicts() {
  const place = document.getElementById("verdict-chart");
  const more = [...document.querySelectorAll("template.verdict-more")];
  if (!place || !more.length) return;
  const charts = [place.firstElementChild, ...more.map((t) => t.content.firstElementChild)];
  const prepared = new Set([charts[0]]);
  const choice = element("select", { change: () => {
    const chart = charts[choice.selectedIndex];
    place.replaceChildren(chart);
    if (!prepared.has(chart)) prepareTables(place);
    prepared.add(chart);
  } }, ...charts.map((chart) => element("option", {}, chart.querySelector(".caption").textContent)));
  place.before(element("p", { class: "tools" }, element("label", {}, "Agreement by ", choice)));
}
