/** What a bench measures and how it is judged. */

/** One line of the table: a figure beside its limit or peer, both measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Unit of value and peer, e.g. `M records/s`. */
  readonly unit: string;
  /** What the figure is compared with; null for an absolute figure. */
  readonly peer: { readonly name: string; readonly value: number } | null;
  /** Ratio the figure must reach, and the one it should: value / peer. Null where only the figure itself is of interest. */
  readonly floor: number | null;
  readonly aim: number | null;
  /** False where less is better (times): the ratio must not be above floor and aim. */
  readonly moreIsBetter: boolean;
  readonly note: string;
}

export type Verdict = 'aim reached' | 'floor reached' | 'below floor' | '';

/** A bench that could not be run, with the reason. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export function ratioOf(figure: Figure): number | null {
  return figure.peer === null ? null : figure.value / figure.peer.value;
}

export function verdictOf(figure: Figure): Verdict {
  const ratio = ratioOf(figure);
  if (ratio === null || figure.floor === null || figure.aim === null) return '';
  const reaches = (bound: number): boolean => (figure.moreIsBetter ? ratio >= bound : ratio <= bound);
  if (reaches(figure.aim)) return 'aim reached';
  return reaches(figure.floor) ? 'floor reached' : 'below floor';
}
