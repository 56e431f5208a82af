/* Parts of the page that wait until somebody asks for them (see harness/report/later.py). Names of elements
   and attributes come from the templates; texts of the data become text nodes and attributes' values. */

const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";

const waitingParts = whenAsked(() => unpack("parts"));

/** The nodes of the part that waits in `template`. */
async function nodesOfPart(template) {
  const parts = await waitingParts();
  return parts[Number(template.dataset.part)].map((part) => nodeOfPart(part, XHTML));
}

function nodeOfPart(part, namespace) {
  if (typeof part === "string") return document.createTextNode(part);
  const [tag, attributes, ...children] = part, own = tag === "svg" ? SVG : namespace;
  const node = document.createElementNS(own, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.map((child) => nodeOfPart(child, own)));
  return node;
}

/** Makes what is behind a fold when it is opened. */
function unfoldWhenOpened() {
  for (const box of document.querySelectorAll("details.folded")) {
    box.addEventListener("toggle", async () => {
      const template = box.querySelector("template");
      if (!box.open || !template) return;
      template.remove(); // before anything else: once
      box.append(...await nodesOfPart(template));
      prepareTables(box);
    });
  }
}
