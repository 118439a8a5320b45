/**
 * The course of a wire, from the right side of a node to the left side of another: a cubic where it runs forwards, and a way around where it runs
 * back, through the gap between the rows, so that it never passes behind nodes. For the DOM, for drawing and for measuring.
 */

export interface WireCourse {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
  /** How far the course stands out beyond its ends, horizontally: the cubic's control points, or the first and last turn of a way around. */
  readonly reach: number;
  /** Height at which a wire that runs back crosses over; null where it runs forwards. */
  readonly gapY: number | null;
}

/** What a path is drawn with: a canvas, its Path2D, or something that writes SVG. */
export interface PathPen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  bezierCurveTo(controlX: number, controlY: number, control2X: number, control2Y: number, x: number, y: number): void;
}

/** Most a node reaches above and below the height at which its wires attach. */
const aboveWire = 56;
const belowWire = 88;
const turnReach = 28;
const cornerRadius = 16;

/** The course between two points. */
export function wireCourse(sourceX: number, sourceY: number, targetX: number, targetY: number): WireCourse {
  const across = targetX - sourceX;
  if (across >= -turnReach) return { sourceX, sourceY, targetX, targetY, reach: Math.max(24, across * 0.5), gapY: null };
  return { sourceX, sourceY, targetX, targetY, reach: turnReach, gapY: gapBetween(sourceY, targetY) };
}

/** Between the two rows where there is room, else below both. */
function gapBetween(sourceY: number, targetY: number): number {
  const upper = Math.min(sourceY, targetY);
  const lower = Math.max(sourceY, targetY);
  const top = upper + belowWire;
  const bottom = lower - aboveWire;
  return bottom >= top ? (top + bottom) / 2 : lower + belowWire + 24;
}

/** Corners of a wire that runs back, ends included: x, y, x, y … */
function cornersOf({ sourceX, sourceY, targetX, targetY, reach, gapY }: WireCourse): readonly number[] {
  const right = sourceX + reach;
  const left = targetX - reach;
  const y = gapY ?? sourceY;
  return [sourceX, sourceY, right, sourceY, right, y, left, y, left, targetY, targetX, targetY];
}

/** Draws a course with a pen. */
export function traceWire(pen: PathPen, course: WireCourse): void {
  const { sourceX, sourceY, targetX, targetY, reach, gapY } = course;
  pen.moveTo(sourceX, sourceY);
  if (gapY === null) {
    pen.bezierCurveTo(sourceX + reach, sourceY, targetX - reach, targetY, targetX, targetY);
    return;
  }
  const corners = cornersOf(course);
  for (let at = 2; at < corners.length - 2; at += 2) {
    const [fromX, fromY, x, y, toX, toY] = corners.slice(at - 2, at + 4);
    const before = Math.hypot(x - fromX, y - fromY);
    const after = Math.hypot(toX - x, toY - y);
    // A corner takes at most half of each side, so that two corners never overlap.
    const radius = Math.min(cornerRadius, before / 2, after / 2);
    const towards = (otherX: number, otherY: number, length: number): readonly [number, number] =>
      length === 0 ? [x, y] : [x + ((otherX - x) * radius) / length, y + ((otherY - y) * radius) / length];
    pen.lineTo(...towards(fromX, fromY, before));
    pen.quadraticCurveTo(x, y, ...towards(toX, toY, after));
  }
  pen.lineTo(targetX, targetY);
}

/** SVG path data. */
export function wirePathData(course: WireCourse): string {
  const parts: string[] = [];
  const pair = (x: number, y: number) => `${x},${y}`;
  traceWire(
    {
      moveTo: (x, y) => parts.push(`M${pair(x, y)}`),
      lineTo: (x, y) => parts.push(`L${pair(x, y)}`),
      quadraticCurveTo: (cx, cy, x, y) => parts.push(`Q${pair(cx, cy)} ${pair(x, y)}`),
      bezierCurveTo: (ax, ay, bx, by, x, y) => parts.push(`C${pair(ax, ay)} ${pair(bx, by)} ${pair(x, y)}`),
    },
    course,
  );
  return parts.join(' ');
}

/** A course as a dense row of places: x, y, x, y … */
function placesOf(course: WireCourse): number[] {
  const places: number[] = [];
  let x = 0;
  let y = 0;
  const go = (steps: number, at: (t: number) => readonly [number, number]) => {
    for (let step = 1; step <= steps; step += 1) places.push(...at(step / steps));
    [x, y] = places.slice(-2);
  };
  traceWire(
    {
      moveTo: (toX, toY) => {
        [x, y] = [toX, toY];
        places.push(x, y);
      },
      lineTo: (toX, toY) => {
        const [fromX, fromY] = [x, y];
        go(1, (t) => [fromX + (toX - fromX) * t, fromY + (toY - fromY) * t]);
      },
      quadraticCurveTo: (cx, cy, toX, toY) => {
        const [fromX, fromY] = [x, y];
        const mix = (from: number, control: number, to: number, t: number) =>
          (1 - t) * (1 - t) * from + 2 * (1 - t) * t * control + t * t * to;
        go(cornerCuts, (t) => [mix(fromX, cx, toX, t), mix(fromY, cy, toY, t)]);
      },
      bezierCurveTo: (ax, ay, bx, by, toX, toY) => {
        const [fromX, fromY] = [x, y];
        const mix = (from: number, a: number, b: number, to: number, t: number) =>
          (1 - t) * (1 - t) * (1 - t) * from + 3 * (1 - t) * (1 - t) * t * a + 3 * (1 - t) * t * t * b + t * t * t * to;
        go(curveCuts, (t) => [mix(fromX, ax, bx, toX, t), mix(fromY, ay, by, toY, t)]);
      },
    },
    course,
  );
  return places;
}

/** A wire as points at equal distances along it: x, y, x, y … */
export interface WirePoints {
  readonly points: Float32Array;
  readonly count: number;
  readonly spacing: number;
  readonly length: number;
}

const curveCuts = 48;
const cornerCuts = 6;

/** Points along a wire about `wantedSpacing` px apart. */
export function wirePoints(course: WireCourse, wantedSpacing = 6): WirePoints {
  const places = placesOf(course);
  const cuts = places.length / 2 - 1;
  const along = new Float64Array(cuts + 1);
  for (let cut = 1; cut <= cuts; cut += 1) {
    along[cut] = along[cut - 1] + Math.hypot(places[2 * cut] - places[2 * cut - 2], places[2 * cut + 1] - places[2 * cut - 1]);
  }
  const length = along[cuts];
  const count = Math.max(2, Math.round(length / wantedSpacing) + 1);
  const points = new Float32Array(count * 2);
  let cut = 1;
  for (let index = 0; index < count; index += 1) {
    const wanted = (length * index) / (count - 1);
    while (cut < cuts && along[cut] < wanted) cut += 1;
    const part = along[cut] > along[cut - 1] ? (wanted - along[cut - 1]) / (along[cut] - along[cut - 1]) : 0;
    for (const axis of [0, 1]) {
      const before = places[2 * cut - 2 + axis];
      points[2 * index + axis] = before + (places[2 * cut + axis] - before) * part;
    }
  }
  return { points, count, spacing: length / (count - 1), length };
}

/** Squared distance from a place to the nearest point of a wire. */
export function distanceSquaredToWire({ points, count }: WirePoints, x: number, y: number): number {
  let best = Infinity;
  for (let index = 0; index < count; index += 1) {
    const dx = points[index * 2] - x;
    const dy = points[index * 2 + 1] - y;
    best = Math.min(best, dx * dx + dy * dy);
  }
  return best;
}
