// Writes the licences and notices of the packages in an esbuild bundle. Fails if a package has no licence, or one that is not allowed.
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { licenceOf, packageFolderOf } = require('./licences');

const [metafile, output] = process.argv.slice(2);
if (!output) {
  console.error('usage: node scripts/third-party-notices.js METAFILE OUTPUT');
  process.exit(2);
}

const packages = inlined(JSON.parse(readFileSync(metafile, 'utf8'))).map(licenceOf).sort((a, b) => (a.name < b.name ? -1 : 1));
const problems = packages.flatMap(({ problem }) => problem ?? []);
if (packages.length === 0) problems.push(`${metafile} names no package`);
const byText = new Map();
for (const each of packages) {
  const texts = each.texts.length > 0 ? each.texts : textsOfItsRepository(each);
  if (!texts) problems.push(`${each.name}: there is no text of its licence, ${each.license}, in it or in another package of ${each.source}`);
  else grouped(byText, [...texts, ...each.notices].join('\n\n')).push(each);
}
if (problems.length > 0) {
  console.error(`the bundle must not be published\n  ${problems.join('\n  ')}`);
  process.exit(1);
}
write([
  'The file index.js beside this one has code of the following packages in it.',
  ...[...byText].map(([text, group]) => [
    '='.repeat(80),
    ...group.map(({ name, version, license, source }) => `${name} ${version} (${license})${source ? `, ${source}` : ''}`),
    '-'.repeat(80),
    text.replace(/\r/g, ''),
  ].join('\n')),
].join('\n\n'));

/** The folders of packages with at least one byte in the bundle. */
function inlined({ outputs }) {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs)).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return [...new Set(files.flatMap(([file]) => packageFolderOf(file) ?? []))];
}

/** Some packages of the AWS SDK have no licence file, but other packages of the same repository have it. */
function textsOfItsRepository({ source, license }) {
  return packages.find((other) => source && other.source === source && other.license === license && other.texts.length > 0)?.texts;
}

function grouped(groups, key) {
  if (!groups.has(key)) groups.set(key, []);
  return groups.get(key);
}

/** Writes only if the text has changed, as esbuild does, because others may be reading the file. */
function write(text) {
  const content = `${text}\n`;
  if (existsSync(output) && readFileSync(output, 'utf8') === content) return;
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, content);
}
