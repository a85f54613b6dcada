// Which licences allow us to publish code in the package, and the texts that must be published with it.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** Each licence only requires that its text, and a NOTICE if there is one, are passed on. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** @returns the data of its package.json, and its licence texts. `problem` is the reason if it may not be published */
function licenceOf(folder) {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const read = (pattern) => readdirSync(folder).filter((file) => pattern.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const problem = ALLOWED.includes(license) ? undefined : `${name}: the licence ${JSON.stringify(license) ?? '(none)'} is not one of ${ALLOWED.join(', ')}`;
  return {
    name, version, license, problem, source: sourceOf(repository), texts: read(/^(licen[cs]e|copying)(\.(md|txt))?$/i), notices: read(/^notice(\.(md|txt))?$/i),
  };
}

/** The repository without the package's folder. All packages of a repository have its licence. */
function sourceOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url?.replace(/^git\+/, '').replace(/\.git$/, '').replace(/^github:/, 'https://github.com/');
}

/** Undefined for a file of this project. `node_modules/a/node_modules/@b/c/d.js` belongs to the package in `node_modules/a/node_modules/@b/c`. */
function packageFolderOf(file) {
  return file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

module.exports = { licenceOf, packageFolderOf };
