// The reference page: whose requests are tried, what is searched for, and Swagger UI with both.

const site = document.body.dataset.site;
const remembered = `bss-mock principal ${site}`;
const words = (name) => name.replaceAll("_", " ");

async function told(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** Fills the choice; answers a function that tells the principal that is chosen. */
function offered(sandboxes) {
  const who = document.getElementById("principal");
  const known = new Map();
  for (const [name, sandbox] of Object.entries(sandboxes)) {
    if (sandbox.site !== site) continue;
    const group = document.createElement("optgroup");
    group.label = `sandbox ${name} (${sandbox.scenario})`;
    for (const [principal, keys] of Object.entries(sandbox.principals)) {
      const value = `${name}/${principal}`;
      known.set(value, keys);
      group.append(new Option(keys.kind === principal ? words(principal) : `${principal} (${words(keys.kind)})`, value));
    }
    who.append(group);
  }
  const values = [...known.keys()];
  const wished = sessionStorage.getItem(remembered);
  const usual = values.find((value) => value.endsWith("/solution_provider"));
  who.value = known.has(wished) ? wished : usual || values[0] || "";
  who.addEventListener("change", () => sessionStorage.setItem(remembered, who.value));
  return () => known.get(who.value);
}

/** Swagger UI would look at tags only; people search for an operation, a path or a word of its title. */
const search = () => ({
  fn: {
    opsFilter: (tags, phrase) => {
      const asked = phrase.toLowerCase().split(/\s+/);
      const fits = (one) => {
        const operation = one.get("operation");
        const text = [operation.get("operationId"), one.get("path"), operation.get("summary")].join(" ").toLowerCase();
        return asked.every((word) => text.includes(word));
      };
      return tags
        .map((tag) => tag.update("operations", (all) => all.filter(fits)))
        .filter((tag) => tag.get("operations").size);
    },
  },
});

function searched(ui, tags) {
  const asked = document.getElementById("search");
  let soon;
  const show = () => {
    const phrase = asked.value.trim();
    ui.layoutActions.updateFilter(phrase || true);
    for (const { name } of tags) ui.layoutActions.show(["operations-tag", name], phrase !== "");
  };
  // Not at every key: one letter finds nearly everything, and that takes a moment to draw.
  asked.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(show, 150);
  });
}

async function start() {
  const [spec, { sandboxes }] = await Promise.all([told(`/_mock/openapi/${site}.json`), told("/_mock/sandboxes")]);
  const principal = offered(sandboxes);
  // What is tried here is answered by this server; the document also names the cloud.
  spec.servers = [{ url: location.origin }];
  const ui = SwaggerUIBundle({
    spec,
    dom_id: "#reference",
    plugins: [search],
    deepLinking: true,
    displayOperationId: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    defaultModelExpandDepth: 3,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: (request) => {
      const chosen = principal();
      if (chosen) Object.assign(request.headers, signature(request, chosen));
      return request;
    },
  });
  searched(ui, spec.tags);
}

start().catch((problem) => {
  document.getElementById("reference").textContent = `This page could not be made: ${problem.message}`;
});
