/** The rows of the first Markdown table with these columns, by column name. Backquotes around a cell are ignored. */
export function rowsOf<Column extends string>(markdown: string, ...columns: Column[]): Record<Column, string>[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => cells(line).join() === columns.join());
  if (head < 0) throw new Error(`there is no table with the columns ${columns.join(', ')}`);
  const end = lines.findIndex((line, i) => i > head && !line.startsWith('|'));
  return lines.slice(head + 2, end < 0 ? undefined : end).map((line) => {
    const row = cells(line);
    if (row.length !== columns.length) throw new Error(`a row of ${row.length} cells in a table of ${columns.length} columns: ${line}`);
    return Object.fromEntries(columns.map((column, i) => [column, row[i]])) as Record<Column, string>;
  });
}

/** Splits a line into cells. `\|` is a bar within a cell. */
function cells(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, '$1').replaceAll('\\|', '|'));
}
