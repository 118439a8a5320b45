/** The course of a wire: one cubic from the right side of a node to the left side of another, for the DOM, for drawing and for measuring. */

export interface WireCourse {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
  /** How far the control points stand out, horizontally. */
  readonly reach: number;
}

/** The course between two points. A wire that runs backwards swings out wider. */
export function wireCourse(sourceX: number, sourceY: number, targetX: number, targetY: number): WireCourse {
  const across = targetX - sourceX;
  const reach = across >= 0 ? Math.max(24, across * 0.5) : Math.min(240, 40 + Math.abs(across) * 0.4);
  return { sourceX, sourceY, targetX, targetY, reach };
}

/** SVG path data. */
export function wirePathData({ sourceX, sourceY, targetX, targetY, reach }: WireCourse): string {
  return `M${sourceX},${sourceY} C${sourceX + reach},${sourceY} ${targetX - reach},${targetY} ${targetX},${targetY}`;
}

/** A wire as points at equal distances along it: x, y, x, y … */
export interface WirePoints {
  readonly points: Float32Array;
  readonly count: number;
  readonly spacing: number;
  readonly length: number;
}

const cuts = 48;

/** Points along a wire about `wantedSpacing` px apart. */
export function wirePoints(course: WireCourse, wantedSpacing = 6): WirePoints {
  const { sourceX, sourceY, targetX, targetY, reach } = course;
  const xs = new Float64Array(cuts + 1);
  const ys = new Float64Array(cuts + 1);
  const along = new Float64Array(cuts + 1);
  for (let cut = 0; cut <= cuts; cut += 1) {
    const t = cut / cuts;
    const u = 1 - t;
    xs[cut] = u * u * u * sourceX + 3 * u * u * t * (sourceX + reach) + 3 * u * t * t * (targetX - reach) + t * t * t * targetX;
    ys[cut] = (u * u * u + 3 * u * u * t) * sourceY + (3 * u * t * t + t * t * t) * targetY;
    if (cut > 0) along[cut] = along[cut - 1] + Math.hypot(xs[cut] - xs[cut - 1], ys[cut] - ys[cut - 1]);
  }
  const length = along[cuts];
  const count = Math.max(2, Math.round(length / wantedSpacing) + 1);
  const points = new Float32Array(count * 2);
  let cut = 1;
  for (let index = 0; index < count; index += 1) {
    const wanted = (length * index) / (count - 1);
    while (cut < cuts && along[cut] < wanted) cut += 1;
    const part = along[cut] > along[cut - 1] ? (wanted - along[cut - 1]) / (along[cut] - along[cut - 1]) : 0;
    points[index * 2] = xs[cut - 1] + (xs[cut] - xs[cut - 1]) * part;
    points[index * 2 + 1] = ys[cut - 1] + (ys[cut] - ys[cut - 1]) * part;
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
