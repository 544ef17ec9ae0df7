// Signs a request as the official SDK does. The hash is here and not the browser's own, because that one is missing
// where the page comes over HTTP from another machine.

const primes = (count) => {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n);
  return found;
};
const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const ROUNDS = primes(64).map((prime) => fraction(Math.cbrt(prime)));
const START = primes(8).map((prime) => fraction(Math.sqrt(prime)));

const bytes = (text) => new TextEncoder().encode(text);
const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

function sha256(data) {
  const padded = new DataView(new ArrayBuffer(Math.ceil((data.length + 9) / 64) * 64));
  data.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(data.length, 0x80);
  padded.setUint32(padded.byteLength - 4, data.length * 8);
  const turned = (word, by) => (word >>> by) | (word << (32 - by));
  const words = new Int32Array(64);
  const state = Int32Array.from(START);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let at = 0; at < 64; at++) {
      const [before, latest] = [words[at - 15], words[at - 2]];
      words[at] = at < 16
        ? padded.getInt32(block + 4 * at)
        : words[at - 16] + (turned(before, 7) ^ turned(before, 18) ^ (before >>> 3)) +
          words[at - 7] + (turned(latest, 17) ^ turned(latest, 19) ^ (latest >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at++) {
      const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at];
      const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] += word));
  }
  const result = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => result.setInt32(4 * at, word));
  return new Uint8Array(result.buffer);
}

function hmac(key, text) {
  const short = key.length > 64 ? sha256(key) : key;
  const block = Uint8Array.from({ length: 64 }, (_, at) => short[at] || 0);
  const inner = sha256(joined(block.map((byte) => byte ^ 0x36), bytes(text)));
  return hex(sha256(joined(block.map((byte) => byte ^ 0x5c), inner)));
}

const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
const compared = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The headers that make `request` (url, method, body) one of `principal` (ak, sk). */
function signature(request, principal, now = new Date()) {
  const url = new URL(request.url, location.href);
  const date = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const path = url.pathname.split("/").map((part) => encoded(decodeURIComponent(part))).join("/");
  const query = [...url.searchParams]
    .sort(([a, x], [b, y]) => compared(a, b) || compared(x, y))
    .map((pair) => pair.map(encoded).join("="));
  const canonical = [
    request.method.toUpperCase(),
    path.endsWith("/") ? path : path + "/",
    query.join("&"),
    `host:${url.host}\nx-sdk-date:${date}\n`,
    "host;x-sdk-date",
    hex(sha256(bytes(request.body || ""))),
  ].join("\n");
  const text = `SDK-HMAC-SHA256\n${date}\n${hex(sha256(bytes(canonical)))}`;
  const signed = hmac(bytes(principal.sk), text);
  return {
    "X-Sdk-Date": date,
    Authorization: `SDK-HMAC-SHA256 Access=${principal.ak}, SignedHeaders=host;x-sdk-date, Signature=${signed}`,
  };
}
