// Draws docs/overview.svg, the picture of the README: what happens between `cdk deploy` and the ids.
//
//   node scripts/draw-overview.js [file]
const fs = require('node:fs');
const path = require('node:path');

const BOX = { width: 190, height: 104, gap: 74 };
const TOP = 24;
const LEFT = 16;

const BOXES = [
  ['Your CDK app', 'a directory', 'a bundle', 'a list of users'],
  ['CloudFormation', 'one resource', 'for the whole fleet', ''],
  ['Lambda functions', 'in your stack', '25 desktops a call', 'below the rate limit'],
  ['Amazon WorkSpaces', 'a desktop for each user', 'in your directory', ''],
];
const THERE = ['deploy', 'asks', 'create, look'];
const BACK = 'ids of the desktops, and who was refused and why, as outputs of the stack';

const width = 2 * LEFT + BOXES.length * BOX.width + (BOXES.length - 1) * BOX.gap;
const height = TOP + BOX.height + 66;
const left = (i) => LEFT + i * (BOX.width + BOX.gap);
const middle = (i) => left(i) + BOX.width / 2;
const bottom = TOP + BOX.height;

const boxes = BOXES.flatMap(([title, ...lines], i) => [
  `<rect x="${left(i)}" y="${TOP}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="#eef4fb" stroke="#4c78a8"/>`,
  text(middle(i), TOP + 28, title, 'font-weight="bold"'),
  ...lines.filter(Boolean).map((line, j) => text(middle(i), TOP + 52 + j * 19, line)),
]);
const arrows = THERE.flatMap((word, i) => [
  `<path d="M${left(i) + BOX.width + 4} ${TOP + BOX.height / 2}H${left(i + 1) - 6}" marker-end="url(#head)"/>`,
  text(left(i) + BOX.width + BOX.gap / 2, TOP + BOX.height / 2 - 9, word, 'font-size="11"'),
]);
const back = [
  `<path d="M${middle(3)} ${bottom + 2}V${bottom + 28}H${middle(0)}V${bottom + 8}" marker-end="url(#head)"/>`,
  text(width / 2, bottom + 46, BACK),
];

const svg = [
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
  '<title id="title">The CDK app is deployed; CloudFormation asks Lambda functions in the stack; these create the desktops and hand their ids back</title>',
  '<defs><marker id="head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#4c78a8" stroke="none"/></marker></defs>',
  // On a page with a dark background, too.
  `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
  '<g font-family="Helvetica, Arial, sans-serif" font-size="13" text-anchor="middle" fill="none" stroke="#4c78a8" stroke-width="1.5">',
  ...boxes, ...arrows, ...back,
  '</g>',
  '</svg>',
  '',
].join('\n');
fs.writeFileSync(process.argv[2] ?? path.join(__dirname, '..', 'docs', 'overview.svg'), svg);

function text(x, y, words, attributes = '') {
  return `<text x="${x}" y="${y}" fill="#222222" stroke="none"${attributes && ` ${attributes}`}>${words}</text>`;
}
