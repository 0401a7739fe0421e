// Holds every import of src/ to the layers of the tree: base <- api <- query, charts, widgets <- pages.
// Layers of equal number do not see each other; only api/ calls fetch; base/ names no DOM global.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = resolve(dirname(fileURLToPath(import.meta.url)), '../src');
const LEVEL = { base: 0, api: 1, query: 2, charts: 2, widgets: 2, pages: 3 };
const TOP = 4; // main.tsx and what stands beside it

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sources(join(directory, entry.name))
      : /\.tsx?$/.test(entry.name)
        ? [join(directory, entry.name)]
        : [],
  );
}

const layerOf = (file) => relative(src, file).split('/')[0];
const levelOf = (layer) => LEVEL[layer] ?? TOP;
const faults = [];

for (const file of sources(src)) {
  const text = readFileSync(file, 'utf8');
  const from = layerOf(file);
  const name = relative(src, file);
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)) {
    const to = layerOf(resolve(dirname(file), target));
    if (to === from || (LEVEL[to] === undefined && LEVEL[from] === undefined)) continue;
    if (levelOf(to) >= levelOf(from)) faults.push(`${name}: ${from}/ may not import ${to}/ (${target})`);
  }
  if (from !== 'api' && /(^|[^.\w])fetch\(/m.test(text)) faults.push(`${name}: only api/ calls fetch`);
  const tested = /\.test\.tsx?$/.test(name);
  if (from === 'base' && !tested && /\b(document|window|navigator|HTMLElement)\./.test(text)) {
    faults.push(`${name}: base/ knows no DOM`);
  }
  if (/:\s*any\b|as any\b|<any>/.test(text)) faults.push(`${name}: any`);
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log('imports: one way');
