/* One of several tables in one place: the others wait until the reader chooses them. */

function offerChoices() {
  for (const box of document.querySelectorAll(".choice")) {
    const place = box.querySelector(".chosen"), unasked = place.firstElementChild;
    const shown = unasked.matches("figure") ? unasked : null, waiting = [...box.querySelectorAll("template")];
    if (shown && !waiting.length) continue;
    const tables = shown ? [shown, ...waiting] : waiting, made = new Map([[shown, unasked]]);
    let wanted = shown;
    /** Shows one of the tables; null: what stands there before one is chosen. */
    const show = async (table) => {
      wanted = table;
      if (!made.has(table)) {
        const nodes = await nodesOfPart(table);
        if (made.has(table) || wanted !== table) return; // another was chosen meanwhile
        place.replaceChildren(...nodes);
        made.set(table, place.firstElementChild);
        prepareTables(place);
      } else place.replaceChildren(made.get(table));
    };
    const choices = tables[0].dataset.level !== undefined
      ? choicesOfParts(tables, show) : [choiceOfTable(box.dataset.label, tables, shown, show)];
    place.before(element("p", { class: "tools" }, ...choices));
  }
}

/** A control that lists the tables by their captions. */
function choiceOfTable(label, tables, shown, show) {
  const choice = element("select", { change: () => show(tables[choice.selectedIndex - (shown ? 0 : 1)] ?? null) },
    ...(shown ? [] : [element("option", {}, "choose a table \u2026")]),
    ...tables.map((table) => element("option", {}, table.dataset.caption)));
  return element("label", {}, label + " ", choice);
}

const PARTS = ["level", "statistic", "grouping"];

/** A control for each part of what a table shows; each offers what there is for those before it. */
function choicesOfParts(tables, show) {
  let current = tables[0];
  const agree = (table, wanted, from, to) => PARTS.slice(from, to).filter((part, d) => table.dataset[part] === wanted[from + d]).length;
  const choices = PARTS.map((part, depth) => element("select", { change: () => {
    const wanted = PARTS.map((p, d) => (d === depth ? choices[depth].value : current.dataset[p]));
    const possible = tables.filter((table) => agree(table, wanted, 0, depth + 1) === depth + 1);
    const rest = (table) => agree(table, wanted, depth + 1, PARTS.length); // what stays as it was
    current = possible.reduce((best, table) => (rest(table) > rest(best) ? table : best));
    update();
    show(current);
  } }));
  function update() {
    const now = PARTS.map((part) => current.dataset[part]);
    choices.forEach((choice, depth) => {
      const open = tables.filter((table) => agree(table, now, 0, depth) === depth);
      const values = [...new Set(open.map((table) => table.dataset[PARTS[depth]]))];
      choice.replaceChildren(...values.map((value) => element("option", { value }, value)));
      choice.value = now[depth];
      choice.disabled = values.length < 2;
    });
  }
  update();
  return choices.map((choice, depth) => element("label", {}, PARTS[depth][0].toUpperCase() + PARTS[depth].slice(1) + " ", choice));
}
