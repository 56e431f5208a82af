/* What harness/report/packing.py packed: base64, gzip, then JSON and columns of whole numbers. */

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const letters = atob(base64), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

async function unpack(id) {
  const stream = new Blob([bytesOf(document.getElementById(id).textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer(), end = 4 + new DataView(content).getUint32(0, true);
  const { data, columns } = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, end - 4)));
  const types = { Int8Array, Int16Array, Int32Array }, start = Math.ceil(end / 4) * 4;
  for (const { path, type, at, n } of columns) {
    const last = path.pop();
    path.reduce((part, key) => part[key], data)[last] = new Int32Array(new types[type](content, start + at, n));
  }
  return data;
}

/** What `make` gives, made at the first call. */
function whenAsked(make) {
  let made;
  return () => (made === undefined ? (made = make()) : made);
}
