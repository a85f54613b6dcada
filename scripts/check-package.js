// Fails when the package would hold anything but what its users need: leftovers of a demo can have people's names in them.
const { execFileSync } = require('node:child_process');

const ALLOWED = [/^lib\//, /^assets\/lambda\/provider\/index\.js$/, /^\.jsii$/, /^(API|README)\.md$/, /^LICENSE$/, /^package\.json$/, /^node_modules\/csv-parse\//];
const REQUIRED = ['lib/index.js', 'lib/index.d.ts', 'assets/lambda/provider/index.js', '.jsii', 'API.md', 'README.md', 'LICENSE'];

const [{ files, size }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8', maxBuffer: 1e8 }));
const paths = files.map(({ path }) => path);
const extra = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
const missing = REQUIRED.filter((path) => !paths.includes(path));
if (extra.length > 0 || missing.length > 0) {
  console.error(`the package is not as it should be (see .npmignore)\n  too much: ${extra.join(', ') || 'nothing'}\n  missing: ${missing.join(', ') || 'nothing'}`);
  process.exit(1);
}
console.log(`package: ${paths.length} files, ${Math.round(size / 1024)} kB packed`);
