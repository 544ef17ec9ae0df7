// Signs what the try-it page sends, as the official SDK does, with the keys of the principal that is chosen.

const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
const bytes = (text) => new TextEncoder().encode(text);
const sha256 = async (text) => hex(await crypto.subtle.digest("SHA-256", bytes(text)));

async function hmac(key, text) {
  const made = await crypto.subtle.importKey("raw", bytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", made, bytes(text)));
}

const byNameThenValue = (a, b) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1);

async function signed(request, principal) {
  const url = new URL(request.url, location.href);
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { host: url.host, "x-sdk-date": date };
  const names = Object.keys(headers).sort();
  const path = url.pathname.split("/").map((part) => encode(decodeURIComponent(part))).join("/");
  const query = [...url.searchParams.entries()].sort(byNameThenValue).map((pair) => pair.map(encode).join("=")).join("&");
  const canonical = [
    request.method.toUpperCase(),
    path.endsWith("/") ? path : path + "/",
    query,
    names.map((name) => `${name}:${headers[name]}\n`).join(""),
    names.join(";"),
    await sha256(request.body || ""),
  ].join("\n");
  const signature = await hmac(principal.sk, `SDK-HMAC-SHA256\n${date}\n${await sha256(canonical)}`);
  request.headers["X-Sdk-Date"] = date;
  request.headers["Authorization"] =
    `SDK-HMAC-SHA256 Access=${principal.ak}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return request;
}

async function start() {
  const { sandboxes } = await (await fetch("/_mock/sandboxes")).json();
  const who = document.getElementById("principal");
  for (const [name, sandbox] of Object.entries(sandboxes)) {
    if (sandbox.site !== document.body.dataset.site) continue;
    for (const principal of Object.keys(sandbox.principals)) {
      const chosen = principal === "solution_provider";
      who.add(new Option(`${name}: ${principal}`, JSON.stringify([name, principal]), chosen, chosen));
    }
  }
  const chosen = () => {
    const [name, principal] = JSON.parse(who.value);
    return sandboxes[name].principals[principal];
  };
  window.ui = SwaggerUIBundle({
    url: `/_mock/openapi/${document.body.dataset.site}.json`,
    dom_id: "#reference",
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: (request) => (request.loadSpec || !who.value ? request : signed(request, chosen())),
  });
}

start();
