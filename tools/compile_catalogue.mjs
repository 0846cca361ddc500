// A gettext catalogue (.po text) as the binary that Python's gettext reads (.mo), without gettext installed.
// https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html

const CONTEXT = "\u0004";
const PLURAL = "\u0000";

/** Return [original, translation] pairs; untranslated, fuzzy and obsolete entries are left out. */
function parse(text, file) {
  const pairs = [];
  let entry = { fuzzy: false };
  let field = null;

  const close = () => {
    const translations = Object.keys(entry).filter((name) => name.startsWith("msgstr")).sort().map((name) => entry[name]);
    const isTranslated = translations.length > 0 && translations.every((translation) => translation !== "");
    if (entry.msgid !== undefined && isTranslated && !entry.fuzzy) {
      const context = entry.msgctxt === undefined ? "" : entry.msgctxt + CONTEXT;
      const plural = entry.msgid_plural === undefined ? "" : PLURAL + entry.msgid_plural;
      pairs.push([context + entry.msgid + plural, translations.join(PLURAL)]);
    }
    entry = { fuzzy: false };
    field = null;
  };

  text.split(/\r?\n/).forEach((line, index) => {
    if (line.startsWith("#~")) return;
    if (line.startsWith("#,") && line.includes("fuzzy")) entry.fuzzy = true;
    if (line.startsWith("#")) return;
    if (line.trim() === "") return close();
    const keyed = line.match(/^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$/);
    const continued = line.match(/^(".*")$/);
    if (!keyed && !continued) throw new Error(`${file}:${index + 1}: not a gettext line: ${line}`);
    if (keyed) {
      field = keyed[1];
      entry[field] = "";
    }
    entry[field] += JSON.parse((keyed ? keyed[2] : continued[1]).replaceAll("\t", "\\t"));
  });
  close();
  return pairs;
}

/** Return the .mo bytes of a .po text; throws with file and line where it is malformed. */
export function compileCatalogue(text, file) {
  const encoded = parse(text, file).map((pair) => pair.map((part) => Buffer.from(part, "utf8")));
  encoded.sort((left, right) => Buffer.compare(left[0], right[0])); // readers may search by halves
  const tables = 28;
  const count = encoded.length;
  const header = Buffer.alloc(tables + count * 16);
  [0x950412de, 0, count, tables, tables + count * 8, 0, 0].forEach((word, at) => header.writeUInt32LE(word, at * 4));
  const bodies = [];
  let offset = header.length;
  [0, 1].forEach((side) =>
    encoded.forEach((pair, index) => {
      const at = tables + side * count * 8 + index * 8;
      header.writeUInt32LE(pair[side].length, at);
      header.writeUInt32LE(offset, at + 4);
      bodies.push(pair[side], Buffer.from([0]));
      offset += pair[side].length + 1;
    }),
  );
  return Buffer.concat([header, ...bodies]);
}
