/* Links from one part of the page to another. */

/** A link to a part of the page keeps the filters in the address. */
function onLink(event) {
  const link = event.target.closest("a[href^='#']"), part = link && link.getAttribute("href").slice(1);
  if (!part || part.includes("?") || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = document.getElementById(part);
  if (!target) return;
  event.preventDefault();
  unfoldTo(target);
  section = part;
  history.pushState(null, "", address());
  target.scrollIntoView();
  const heading = target.matches("h2, h3") ? target : target.querySelector("h2, h3") || target;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
