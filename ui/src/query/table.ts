// What is drawn, as rows: for reading and for CSV.

import type { Cell } from '../base/csv';
import { countAt } from '../base/heatmap';
import { labelsText } from '../base/labels';
import { formatDateTime, timeMs, type Zone } from '../base/time';
import type { Drawn } from './useRun';

// The first row names the columns. A heatmap gives a row a step and group with a count a bucket; lines
// give a row a time with a value a series.
export function tableOf(drawn: Drawn, zone: Zone): readonly (readonly Cell[])[] {
  switch (drawn.kind) {
    case 'nothing':
      return [];
    case 'heatmap':
      return heatTable(drawn.groups.shown, zone);
    case 'lines':
      return linesTable(drawn.series.shown, zone);
  }
}

type Heat = Extract<Drawn, { kind: 'heatmap' }>['groups']['shown'];
type Lines = Extract<Drawn, { kind: 'lines' }>['series']['shown'];

function heatTable(groups: Heat, zone: Zone): readonly (readonly Cell[])[] {
  const grouped = groups.length > 1 || Object.keys(groups[0]?.labels ?? {}).length > 0;
  const bounds = [...new Set(groups.flatMap((group) => [...group.grid.bounds]))].sort((a, b) => a - b);
  const head: Cell[] = ['time', ...(grouped ? ['group'] : []), ...bounds.map((bound) => `le ${bound}`), 'le +Inf'];
  const rows: Cell[][] = [];
  for (const { grid, labels } of groups) {
    const at = new Map(grid.bounds.map((bound, row) => [bound, row]));
    grid.ends.forEach((end, column) => {
      const count = (row: number | undefined): Cell => {
        const value = row === undefined ? NaN : countAt(grid, column, row);
        return Number.isNaN(value) ? null : Number(value.toFixed(3));
      };
      rows.push([
        formatDateTime(timeMs(end), zone),
        ...(grouped ? [labelsText(labels)] : []),
        ...bounds.map((bound) => count(at.get(bound))),
        count(grid.rows - 1),
      ]);
    });
  }
  return [head, ...rows];
}

function linesTable(series: Lines, zone: Zone): readonly (readonly Cell[])[] {
  const times = [...new Set(series.flatMap((one) => [...one.times]))].sort((a, b) => a - b);
  const columns = series.map((one) => new Map(one.times.map((time, index) => [time, one.values[index] ?? NaN])));
  return [
    ['time', ...series.map((one) => labelsText(one.labels))],
    ...times.map((time): Cell[] => [
      formatDateTime(timeMs(time), zone),
      ...columns.map((column) => column.get(time) ?? null),
    ]),
  ];
}
