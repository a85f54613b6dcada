// Fails if files import each other in a circle, even if only types. `import/no-cycle` of eslint does not see circles of types.
//
//   node scripts/check-imports.js <folder>...
const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const folders = process.argv.slice(2);
const empty = folders.filter((folder) => sourcesIn(folder).length === 0);
if (empty.length > 0 || folders.length === 0) {
  console.error(`there is no TypeScript file in ${empty.join(', ') || 'no folder: name one'}`);
  process.exit(2);
}
const files = folders.flatMap(sourcesIn);
const known = new Set(files);
const graph = new Map(files.map((file) => [file, importsOf(file)]));
const circles = circlesOf(graph);
if (circles.length > 0) {
  console.error('Files must not import each other in a circle. Move what both need to a file of its own:');
  for (const circle of circles) console.error(`  ${shortestWay(circle).join(' -> ')}${circle.length > 2 ? ` (${circle.length} files in all)` : ''}`);
  process.exit(1);
}
console.log(`${folders.join(', ')}: ${files.length} files import each other without a circle`);

function sourcesIn(folder) {
  return fs.readdirSync(folder, { recursive: true })
    .map((name) => path.normalize(path.join(folder, name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.split(path.sep).includes('node_modules'));
}

/** The checked files that a file imports or exports from, or names as `import('...')`. */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(fs.readFileSync(file, 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.normalize(path.join(path.dirname(file), fileName)))
    .flatMap((target) => [target, target.replace(/\.js$/, '.ts'), `${target}.ts`, path.join(target, 'index.ts')].find((each) => known.has(each)) ?? []);
}

/** Strongly connected components of more than one file, and files that import themselves (Tarjan's algorithm). */
function circlesOf(imports) {
  const found = [];
  const order = new Map();
  const lowest = new Map();
  const open = [];
  const visit = (file) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file));
    open.push(file);
    for (const next of imports.get(file)) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file), lowest.get(next)));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const component = open.splice(open.indexOf(file));
    if (component.length > 1 || imports.get(file).includes(file)) found.push(component);
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The shortest way from a circle's first file back to itself. */
function shortestWay(circle) {
  const [start] = circle;
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1))) {
      if (next === start) return [...way, start];
      if (!circle.includes(next) || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  throw new Error(`${start} is in no circle`);
}
