// Fails if the package would contain files that its users do not need: files of a demo can contain people's names.
// Also fails if it would contain code of others without their licences.
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
  console.error('the package has wrong contents (see .npmignore and scripts/third-party-notices.js)\n'
    + `  too much: ${extra.join(', ') || 'nothing'}\n  missing: ${missing.join(', ') || 'nothing'}\n  licences: ${unlicensed.join('; ') || 'complete'}`);
  process.exit(1);
}
console.log(`package: ${paths.length} files, ${Math.round(size / 1024)} kB packed`);

/** Reads the comments in which esbuild names the origin of code. They are independent of the notices' source. */
function problemsOfBundle() {
  const sources = [...readFileSync(BUNDLE, 'utf8').matchAll(/^\s*\/\/ (\S*node_modules\/\S+)$/gm)].map(([, file]) => file);
  const folders = new Set(sources.flatMap((file) => packageFolderOf(file) ?? []));
  if (folders.size === 0) return [`${BUNDLE} has no comments that name the packages of its code`];
  const notices = existsSync(NOTICES) ? readFileSync(NOTICES, 'utf8') : '';
  const packages = [...folders].map(licenceOf);
  const unnamed = packages.filter(({ name, version, license }) => !notices.includes(`\n${name} ${version} (${license})`));
  return [
    ...packages.flatMap(({ problem }) => problem ?? []),
    ...(unnamed.length === 0 ? [] : [`${NOTICES} does not name ${unnamed.map(({ name, version }) => `${name} ${version}`).join(', ')}`]),
  ];
}

/** A dependency that is packed unchanged must contain its licence. */
function problemsOfDependencies() {
  const folders = paths.filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)).map(dirname);
  return folders.map(licenceOf).flatMap(({ name, license, problem, texts }) => problem ?? (texts.length > 0 ? [] : `${name} has no text of its licence, ${license}`));
}
