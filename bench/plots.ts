import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from 'vega';
import { PROJECT } from './benchmark';
import { measured } from './deployment';
import { comparison } from './patterns';
import { MINUTE } from '../test/virtual/virtual-stack';

const FLEET = 1_000;
const EVERY = MINUTE / 4;
const TEXT = { labelFontSize: 12, titleFontSize: 13, titleFontWeight: 'normal' as const };

/** @returns the written files, relative to the project's folder */
export async function plots(say: (progress: string) => void): Promise<string[]> {
  const patterns = await comparison(say);
  say('drawing');
  return [
    await draw('docs/calls.svg', callsSpec(patterns.filter(({ throttled }) => throttled !== undefined).map(({ users, calls, pattern, how }) => ({ users, calls, pattern, how })))),
    await draw('docs/ramp.svg', rampSpec(await ramp())),
  ];
}

async function draw(path: string, spec: Spec): Promise<string> {
  const vega = await import('vega'); // an ES module
  const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
  writeFileSync(join(PROJECT, path), `${svg}\n`);
  return path;
}

interface Point { readonly minute: number; readonly desktops: number; readonly series: string }

async function ramp(): Promise<Point[]> {
  const { createdAt, readyAt, startedAt, outcome } = await measured(FLEET);
  const points: Point[] = [];
  for (let time = 0; time <= outcome.minutes * MINUTE; time += EVERY) {
    const until = (moments: readonly number[]) => moments.filter((at) => at - startedAt <= time).length;
    points.push({ minute: time / MINUTE, desktops: until(createdAt), series: 'asked for' });
    points.push({ minute: time / MINUTE, desktops: until(readyAt), series: 'ready' });
  }
  return points;
}

function common(values: readonly object[], xTitle: string, yTitle: string, field: string): Pick<Spec, 'width' | 'height' | 'padding' | 'background' | 'data' | 'legends' | 'axes'> {
  return {
    width: 560,
    height: 340,
    padding: 10,
    background: 'white',
    data: [{ name: 'points', values: [...values] }],
    axes: [
      { orient: 'bottom', scale: 'x', title: xTitle, grid: true, tickCount: 8, ...TEXT },
      { orient: 'left', scale: 'y', title: yTitle, grid: true, tickCount: 8, ...TEXT },
    ],
    legends: [{ stroke: 'series', title: field, symbolType: 'stroke', symbolStrokeWidth: 3, orient: 'right', labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' }],
  };
}

function callsSpec(values: readonly object[]): Spec {
  const log = { type: 'log' as const, nice: false };
  return {
    ...common(values, 'desktops in the fleet', 'calls of the WorkSpaces API until all can be used', 'how they are made'),
    axes: [
      { orient: 'bottom', scale: 'x', title: 'desktops in the fleet', grid: true, values: [10, 100, 1_000, 10_000], format: ',', ...TEXT },
      {
        orient: 'left',
        scale: 'y',
        title: 'calls of the WorkSpaces API until all can be used',
        grid: true,
        values: [10, 100, 1_000, 10_000, 100_000, 1_000_000],
        format: ',',
        ...TEXT,
      },
    ],
    scales: [
      { name: 'x', ...log, domain: [10, 10_000], range: 'width' },
      { name: 'y', ...log, domain: [10, 2_000_000], range: 'height' },
      { name: 'series', type: 'ordinal', domain: { data: 'points', field: 'pattern', sort: true }, range: { scheme: 'tableau10' } },
    ],
    marks: lines('pattern', 'users', 'calls', true),
  };
}

function rampSpec(values: readonly object[]): Spec {
  return {
    ...common(values, 'minutes since the deployment began', 'desktops', ''),
    scales: [
      { name: 'x', type: 'linear', domain: { data: 'points', field: 'minute' }, range: 'width', nice: true },
      { name: 'y', type: 'linear', domain: { data: 'points', field: 'desktops' }, range: 'height', nice: true, zero: true },
      { name: 'series', type: 'ordinal', domain: { data: 'points', field: 'series' }, range: { scheme: 'tableau10' } },
    ],
    marks: lines('series', 'minute', 'desktops', false),
  };
}

/** A line for each series. Points that were calculated instead of simulated are open. */
function lines(series: string, x: string, y: string, hasPoints: boolean): Spec['marks'] {
  const at = { x: { scale: 'x', field: x }, y: { scale: 'y', field: y }, stroke: { scale: 'series', field: series } };
  return [{
    type: 'group',
    from: { facet: { name: 'one', data: 'points', groupby: series } },
    marks: [
      { type: 'line', from: { data: 'one' }, encode: { enter: { ...at, strokeWidth: { value: 2.5 } } } },
      ...(hasPoints ? [{
        type: 'symbol' as const,
        from: { data: 'one' },
        encode: {
          enter: {
            ...at,
            strokeWidth: { value: 2 },
            size: { value: 55 },
            fill: [{ test: "datum.how === 'by formula'", value: 'white' }, { scale: 'series', field: series }],
          },
        },
      }] : []),
    ],
  }];
}
