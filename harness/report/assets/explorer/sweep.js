/* The page of a sweep: tables to sort and copy, sections that open for who asks for them. */
function openAddress() {
  const part = document.getElementById(location.hash.slice(1));
  if (!part) return;
  unfoldTo(part);
  part.scrollIntoView();
}
function openForPrint() {
  for (const fold of document.querySelectorAll("details.in-print")) fold.open = true;
}
prepareTables();
openAddress();
addEventListener("hashchange", openAddress);
addEventListener("beforeprint", openForPrint);
