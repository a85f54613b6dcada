// Fails when the package would hold anything but what its users need: leftovers of a demo can have people's names in them.
// Fails too when it would hold code of others without their licences.
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { licenceOf, packageFolderOf } = require('./licences');

const BUNDLE = 'assets/lambda/provider/index.js';
const NOTICES = 'assets/lambda/provider/THIRD-PARTY-NOTICES';
const ALLOWED = [/^lib\//, /^assets\/lambda\/provider\/(index\.js|THIRD-PARTY-NOTICES)$/, /^\.jsii$/, /^(API|README)\.md$/, /^LICENSE$/, /^package\.json$/, /^node_modules\/csv-parse\//];
const REQUIRED = ['lib/index.js', 'lib/index.d.ts', BUNDLE, NOTICES, '.jsii', 'API.md', 'README.md', 'LICENSE'];

const [{ files, size }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8', maxBuffer: 1e8 }));
const paths = files.map(({ path }) => path);
const extra = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
const missing = REQUIRED.filter((path) => !paths.includes(path));
const unlicensed = [...(existsSync(BUNDLE) ? problemsOfBundle() : []), ...problemsOfDependencies()];
if (extra.length > 0 || missing.length > 0 || unlicensed.length > 0) {
  console.error('the package is not as it should be (see .npmignore and scripts/third-party-notices.js)\n'
    + `  too much: ${extra.join(', ') || 'nothing'}\n  missing: ${missing.join(', ') || 'nothing'}\n  licences: ${unlicensed.join('; ') || 'as they should be'}`);
  process.exit(1);
}
console.log(`package: ${paths.length} files, ${Math.round(size / 1024)} kB packed`);

/** Goes by the comments with which esbuild says where the code is from, which the notices were not made from. */
function problemsOfBundle() {
  const sources = [...readFileSync(BUNDLE, 'utf8').matchAll(/^\s*\/\/ (\S*node_modules\/\S+)$/gm)].map(([, file]) => file);
  const folders = new Set(sources.flatMap((file) => packageFolderOf(file) ?? []));
  if (folders.size === 0) return [`${BUNDLE} does not say which packages it has code of`];
  const notices = existsSync(NOTICES) ? readFileSync(NOTICES, 'utf8') : '';
  const packages = [...folders].map(licenceOf);
  const unnamed = packages.filter(({ name, version, license }) => !notices.includes(`\n${name} ${version} (${license})`));
  return [
    ...packages.flatMap(({ problem }) => problem ?? []),
    ...(unnamed.length === 0 ? [] : [`${NOTICES} does not name ${unnamed.map(({ name, version }) => `${name} ${version}`).join(', ')}`]),
  ];
}

/** What is packed as it is must have its licence with it. */
function problemsOfDependencies() {
  const folders = paths.filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)).map(dirname);
  return folders.map(licenceOf).flatMap(({ name, license, problem, texts }) => problem ?? (texts.length > 0 ? [] : `${name} has no text of its licence, ${license}`));
}
