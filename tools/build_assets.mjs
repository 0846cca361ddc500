// Front-end assets and translations, from node_modules and *.po into the package: `npm run build`.
// Only what the pages ask for is copied; nothing is fetched and nothing is generated at run time.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { compileCatalogue } from "./compile_catalogue.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "src/sorgente/interfaces/desk/static/desk/vendor");
const italia = join(modules, "bootstrap-italia");

const texts = {
  "bootstrap-italia.min.css": join(italia, "dist/css/bootstrap-italia.min.css"),
  "sprites.svg": join(italia, "dist/svg/sprites.svg"),
  "htmx.min.js": join(modules, "htmx.org/dist/htmx.min.js"),
  "signature_pad.min.js": join(modules, "signature_pad/dist/signature_pad.min.js"),
  "chart.umd.min.js": join(modules, "chart.js/dist/chart.umd.min.js"),
};
const fonts = {
  "titillium-web-400.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-regular.woff2",
  "titillium-web-600.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-600.woff2",
  "titillium-web-700.woff2": "Titillium_Web/titillium-web-v10-latin-ext_latin-700.woff2",
  "roboto-mono-400.woff2": "Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2",
};
const licences = {
  "LICENSE.bootstrap-italia.txt": join(italia, "LICENSE"),
  "LICENSE.titillium-web.txt": join(italia, "dist/fonts/Titillium_Web/OFL.txt"),
  "LICENSE.roboto-mono.txt": join(italia, "dist/fonts/Roboto_Mono/LICENSE.txt"),
  "LICENSE.htmx.txt": join(modules, "htmx.org/LICENSE"),
  "LICENSE.signature_pad.txt": join(modules, "signature_pad/LICENSE"),
  "LICENSE.chart.js.txt": join(modules, "chart.js/LICENSE.md"),
};

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
// The video player's icon font comes inline, which our policy refuses; the desk plays no video.
const withoutVideoFont = (text) => text.replace(/@font-face\{font-family:VideoJS;[^}]*\}/, "");

for (const [name, source] of Object.entries(texts)) {
  // Source maps stay behind, so the line that points at them must go too: it would be a failed request.
  const text = withoutVideoFont(readFileSync(source, "utf8")).replace(/\n?(\/\*|\/\/)# sourceMappingURL=.*$/m, "");
  writeFileSync(join(vendor, name), text);
  writeFileSync(join(vendor, `${name}.gz`), gzipSync(text, { level: 9 }));
}
for (const [name, source] of Object.entries(fonts)) cpSync(join(italia, "dist/fonts", source), join(vendor, name));
for (const [name, source] of Object.entries(licences)) cpSync(source, join(vendor, name));

for (const place of ["desk", "portal", "portal/signing"]) {
  const locales = join(root, "src/sorgente/interfaces", place, "locale");
  for (const language of readdirSync(locales)) {
    const catalogue = join(locales, language, "LC_MESSAGES/django");
    writeFileSync(`${catalogue}.mo`, compileCatalogue(readFileSync(`${catalogue}.po`, "utf8"), `${catalogue}.po`));
  }
}
