/* Sections are folded; whoever asks for a place in one finds it open. */

/** Opens every fold around `node`, and its own where it is a section. */
function unfoldTo(node) {
  node.querySelector(":scope > details.section")?.setAttribute("open", "");
  for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}
