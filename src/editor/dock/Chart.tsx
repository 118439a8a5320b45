import { useEffect, useRef, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatMoment, formatSeconds } from '../format/numbers.ts';
import { partitionColourCount } from '../theme/palette.ts';
import { drawLineNames, lineNamesWidthPx } from './lineNames.ts';
import { onThemeShown } from '../theme/theme.ts';

export interface ChartLine {
  readonly id: string;
  readonly node: string;
  readonly label: string;
  /** Which quantity of the node, where a chart shows several: `p99`. */
  readonly suffix: string;
  /** Place in the categorical palette. */
  readonly colour: number;
  readonly dashed: boolean;
  readonly values: Float64Array;
  readonly last: number;
}

interface Properties {
  readonly title: string;
  /** What is shown of the title where a control beside it says the rest. */
  readonly heading?: string;
  readonly timesUs: Float64Array;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** How the newest values behind the names of the lines are written, where `format` would leave the names no room. */
  readonly nameFormat?: (value: number) => string;
  /** A value drawn as a dashed line across: an objective. */
  readonly limit?: number | null;
  readonly children?: ReactNode;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Whole seconds, minutes, hours and days: what the labels of the time axis can say. */
const timeStepsS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];

/** Durations an axis can label in one unit: below a second in thousandths. */
const durationStepsS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, ...timeStepsS];

function axis(format: (value: number) => string, size: number): uPlot.Axis {
  return {
    stroke: token('--lj-text-muted'),
    font: `12px ${token('--lj-font')}`,
    grid: { stroke: token('--lj-border'), width: 1 },
    ticks: { show: false },
    size,
    gap: 4,
    values: (_chart, splits) => splits.map(format),
  };
}

function valueAxis(format: Properties['format']): uPlot.Axis {
  return { ...axis(format, 58), ...(format === formatSeconds ? { incrs: durationStepsS } : {}) };
}

function optionsOf(newest: () => Properties, width: number, height: number): uPlot.Options {
  const { lines, format, limit } = newest();
  const series = lines.map((line): uPlot.Series => {
    const colour = token(`--lj-partition-${line.colour % partitionColourCount}`);
    return {
      label: line.label,
      stroke: colour,
      width: 1.5,
      points: { show: false },
      ...(line.dashed ? { dash: [5, 4] } : {}),
      spanGaps: true,
    };
  });
  const limitSeries: uPlot.Series[] =
    limit === null || limit === undefined
      ? []
      : [{ label: 'objective', stroke: token('--lj-text-muted'), width: 1.5, dash: [3, 3], points: { show: false } }];
  return {
    width,
    height,
    padding: [10, lineNamesWidthPx, 0, 0],
    legend: { show: false },
    hooks: { draw: [(chart) => drawLineNames(chart, newest().lines, newest().nameFormat ?? newest().format)] },
    cursor: { points: { size: 5 }, y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false },
      y: { range: (_chart, least, most) => [Math.min(0, least ?? 0), (most ?? 0) > 0 ? (most ?? 0) * 1.08 : 1] },
    },
    axes: [{ ...axis((value) => formatMoment(value * 1e6), 22), incrs: [...timeStepsS] }, valueAxis(format)],
    series: [{}, ...series, ...limitSeries],
  };
}

/** uPlot knows a gap as null; NaN would spoil its scale. */
function withGaps(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

function dataOf({ timesUs, lines, limit }: Properties): uPlot.AlignedData {
  const times = timesUs.map((timeUs) => timeUs / 1e6);
  const limitLine = limit === null || limit === undefined ? [] : [new Float64Array(times.length).fill(limit)];
  return [times, ...lines.map((line) => withGaps(line.values)), ...limitLine] as uPlot.AlignedData;
}

/** Draws on a canvas; made anew when its lines, size or theme change, else only given new numbers. */
function useChart(properties: Properties) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const newest = useRef(properties);
  // Declared first, so that the effects below draw what was rendered last.
  useEffect(() => {
    newest.current = properties;
  });
  const [theme, setTheme] = useState(0);
  const [box, setBox] = useState({ width: 0, height: 0 });
  useEffect(() => onThemeShown(() => setTheme((before) => before + 1)), []);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setBox({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shape = `${properties.lines.map((line) => `${line.id} ${line.colour}`).join()}|${properties.limit ?? ''}|${properties.title}`;
  useEffect(() => {
    if (frame.current === null || box.width < 40 || box.height < 40) return undefined;
    chart.current = new uPlot(
      optionsOf(() => newest.current, box.width, box.height),
      dataOf(newest.current),
      frame.current,
    );
    return () => {
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape, theme, box]);
  useEffect(() => chart.current?.setData(dataOf(newest.current)), [properties.timesUs]);
  return frame;
}

/** One chart with its lines named beside the title, newest value first. */
export function Chart(properties: Properties) {
  const { title, heading = title, lines, format, children } = properties;
  const frame = useChart(properties);
  return (
    <figure className="lj-chart" aria-label={title}>
      <figcaption>
        <span className="lj-chart-title">{heading}</span>
        {children}
        <ul className="lj-visually-hidden">
          {lines.map((line) => (
            <li key={line.id}>
              {line.label} {line.suffix} {format(line.last)}
            </li>
          ))}
        </ul>
      </figcaption>
      <div className="lj-chart-frame" ref={frame} aria-hidden="true" />
    </figure>
  );
}
