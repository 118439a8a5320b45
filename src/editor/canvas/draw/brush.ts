/** What every drawing of one picture shares. Drawings work in pixels of the pipeline; the transform is already set. */
import type { FrameIndex } from '../../live/frameIndex.ts';
import type { Colours } from './colours.ts';

export interface Brush {
  context: CanvasRenderingContext2D;
  /** The font last set, which is slow to ask the context for. */
  font: string;
  colours: Colours;
  frame: Float64Array;
  index: FrameIndex;
  zoom: number;
  /** Whether text can be read at this zoom; below it only shapes are drawn. */
  near: boolean;
  /** Whether words are to be made anew in this picture: four times a second, no one reads faster. */
  freshWords: boolean;
  /** What is in view, in pixels of the pipeline. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Size of the few words that stay when the small ones can't be read any more. */
export const farTextPx = 30;
/** Zoom below which not even those can be read. */
export const farTextZoom = 0.2;

/** Zoom below which small text is not drawn. */
export const nearZoom = 0.45;

type Weight = 'normal' | 'bold';
const fonts = new Map<string, string>();

/** Sets the font; texts for it are made once per size and face. */
export function setFont(brush: Brush, size: 12 | 13 | typeof farTextPx, weight: Weight = 'normal'): void {
  const { context, colours } = brush;
  const key = `${weight}${size}${colours.font}`;
  let font = fonts.get(key);
  if (font === undefined) {
    font = `${weight === 'bold' ? 600 : 400} ${size}px ${colours.font}`;
    fonts.set(key, font);
  }
  if (brush.font === font) return;
  brush.font = font;
  context.font = font;
}

/** Ends lower than this on the screen look the same square, and square ones cost a tenth. */
const roundFromPx = 4;

/** Fills a rectangle with round ends, square ones where nobody could tell. */
export function fillPill({ context, zoom }: Brush, x: number, y: number, width: number, height: number, radius: number): void {
  if (height * zoom < roundFromPx) {
    context.fillRect(x, y, width, height);
    return;
  }
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}
