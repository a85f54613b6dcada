import type { LocalCloud } from '../local/cloud';

/** The section `Outputs:`, as the CLI printed it. */
export function outputsSection(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.trim() === 'Outputs:');
  if (from < 0) return [];
  const to = lines.findIndex((line, i) => i > from && !/^\S+ = /.test(line));
  return lines.slice(from, to < 0 ? undefined : to);
}

/** Why the fleet could not be deployed. If that is not found, the CLI's last lines, without progress and stack traces. */
export function failureSection(lines: readonly string[]): string[] {
  const failed = lines.filter((line) => line.includes('CREATE_FAILED') && line.includes('Custom::BulkWorkspaces'));
  if (failed.length > 0) return [...new Set(failed.map((line) => line.slice(line.indexOf('CREATE_FAILED'))))];
  return lines.filter((line) => line.trim() !== '' && !/^\s+at /.test(line)).slice(-12);
}

/** Users and the ids of their desktops, in as many columns as the terminal has room for. */
export function table(ids: ReadonlyMap<string, string>, columns = process.stdout.columns ?? 100): string {
  const cells = [...ids].map(([user, id]) => [user, id || '(refused)'] as const);
  const widest = (index: 0 | 1) => Math.max(...cells.map((cell) => cell[index].length));
  const texts = cells.map(([user, id]) => `${user.padEnd(widest(0))}  ${id.padEnd(widest(1))}`);
  const perRow = Math.max(1, Math.floor(columns / (texts[0].length + 4)));
  const rows = Math.ceil(texts.length / perRow);
  return Array.from({ length: rows }, (_, row) => '  ' + texts.filter((_text, i) => i % rows === row).join('    ').trimEnd()).join('\n');
}

/** One line of figures. */
export function figures(cloud: LocalCloud, virtualMs: number, realMs: number): string {
  const { calls, throttled } = cloud.workspaces.counts();
  const made = cloud.workspaces.desktops().length;
  const left = cloud.workspaces.desktops().filter(({ state }) => !['TERMINATING', 'TERMINATED', 'GONE'].includes(state)).length;
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0);
  const byOperation = Object.entries(calls).sort().map(([operation, n]) => `${operation} ${n}`).join(', ');
  return `desktops: ${left} (${made} made) | WorkSpaces calls: ${sum(calls)} (${byOperation}) | throttled: ${sum(throttled)} | `
    + `time: ${(virtualMs / 60_000).toFixed(1)} min virtual, ${(realMs / 1000).toFixed(1)} s real`;
}
