// Runs before Scalar's script, and starts it when the page is complete.
"use strict";

// Otherwise its validator tries `new Function`, which the Content-Security-Policy refuses and reports.
globalThis.__zod_globalConfig = { jitless: true };

const OPTIONS = {
  // Nothing is requested from other hosts, and keys stay in the page.
  agent: { disabled: true },
  externalUrls: { apiBaseUrl: "", dashboardUrl: "", proxyUrl: "", registryUrl: "" },
  hideClientButton: true,
  mcp: { disabled: true },
  persistAuth: false,
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,

  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "none",
  featuredClients: ["shell/curl", "js/fetch", "python/httpx_sync", "php/guzzle"],
  modelsSectionLabel: "Schemas",
  theme: "none",
};

// Scalar sends each parameter that has an example: here optional ones are off until a reader turns them on.
function disableOptionalParameters(parameters) {
  for (const parameter of parameters) {
    const { example = parameter.schema?.examples?.[0], name, required } = parameter;
    if (name !== undefined && !required && example !== undefined) {
      delete parameter.example;
      parameter.examples = { default: { value: example, "x-disabled": true } };
    }
  }
}

async function readDocument(href) {
  const response = await fetch(href);
  if (!response.ok) {
    throw new Error(`${href} returned ${response.status}.`);
  }
  const found = await response.json();
  disableOptionalParameters(Object.values(found.components.parameters ?? {}));
  for (const operation of Object.values(found.paths).flatMap(Object.values)) {
    disableOptionalParameters(operation.parameters ?? []);
  }
  return found;
}

// The field of the search is a combobox that does not say whether its list is open: it is, whenever it has the focus.
document.addEventListener("focusin", ({ target }) => {
  if (target.role === "combobox" && !target.hasAttribute("aria-expanded")) {
    target.setAttribute("aria-expanded", "true");
  }
});

document.addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("reference");
  try {
    const content = await readDocument(place.dataset.document);
    globalThis.Scalar.createApiReference(place, { ...OPTIONS, content });
  } catch (error) {
    place.textContent = `The reference cannot be shown: ${error.message}`;
  }
});
