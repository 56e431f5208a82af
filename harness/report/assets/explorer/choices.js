/* One of several tables in one place: the others wait in templates until the reader chooses them. */

function offerChoices() {
  for (const box of document.querySelectorAll(".choice")) {
    const place = box.querySelector(".chosen"), unasked = place.firstElementChild;
    const shown = unasked.matches("figure") ? unasked : null;
    const waiting = [...box.querySelectorAll("template")].map((t) => t.content.firstElementChild);
    const tables = shown ? [shown, ...waiting] : waiting, prepared = new Set([shown]);
    if (shown && !waiting.length) continue;
    const show = (table) => {
      place.replaceChildren(table || unasked);
      if (table && !prepared.has(table)) prepareTables(place);
      prepared.add(table);
    };
    const option = (table) => element("option", {}, table.querySelector(".caption").textContent);
    const choice = element("select", { change: () => show(tables[choice.selectedIndex - (shown ? 0 : 1)]) },
      ...(shown ? [] : [element("option", {}, "choose a table \u2026")]), ...tables.map(option));
    place.before(element("p", { class: "tools" }, element("label", {}, box.dataset.label + " ", choice)));
  }
}
