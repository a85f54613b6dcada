// Fails if API.md has a row without a description, or with half a sentence. Then a docstring is missing, or jsii has cut its first
// sentence, which it does at a semicolon.
const fs = require('node:fs');

const lines = fs.readFileSync('API.md', 'utf8').split('\n');
const bare = lines.map((line, i) => [i + 1, line]).filter(([, line]) => line.includes('No description'));
if (bare.length > 0) {
  console.error(`API.md has ${bare.length} rows without a description; write the docstring (@param for constructors) of:`);
  for (const [number, line] of bare) console.error(`  API.md:${number}: ${line}`);
  process.exit(1);
}
const cut = lines.map((line, i) => [i + 1, line]).filter(([, line]) => /; \|$/.test(line));
if (cut.length > 0) {
  console.error(`API.md has ${cut.length} rows that end in a semicolon; make two sentences of the docstring of:`);
  for (const [number, line] of cut) console.error(`  API.md:${number}: ${line}`);
  process.exit(1);
}
console.log('API.md: every row has a description, in whole sentences');
