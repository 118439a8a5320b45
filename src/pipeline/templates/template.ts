/** A parsed `value.template`: JSON in which some values are made up for each record. Plain data. */

export type Scalar = null | boolean | number | string;

export type Generator =
  /** The record's number at its producer, from 0. */
  | { readonly kind: 'sequence' }
  /** The key the producer gave the record; null for none. */
  | { readonly kind: 'key' }
  /** Milliseconds of virtual time at which the record was made. */
  | { readonly kind: 'timestamp' }
  /** Version 4 layout of RFC 9562. */
  | { readonly kind: 'uuid' }
  /** Both bounds are possible. */
  | { readonly kind: 'integer'; readonly low: number; readonly high: number }
  /** Both bounds are possible; at most `decimals` digits after the point. */
  | { readonly kind: 'number'; readonly low: number; readonly high: number; readonly decimals: number }
  /** Each choice is as likely as the next; repeating one makes it likelier. */
  | { readonly kind: 'oneOf'; readonly choices: readonly Scalar[] };

/** A generator with its number in the template, from 0 in the order of the text. */
export interface Slot {
  readonly index: number;
  readonly generator: Generator;
}

export type TemplateNode =
  | { readonly kind: 'constant'; readonly value: Scalar }
  /** A value that is exactly one generator, and has its type. */
  | { readonly kind: 'slot'; readonly slot: Slot }
  /** A text with generators inside. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Slot)[] }
  | { readonly kind: 'array'; readonly items: readonly TemplateNode[] }
  | { readonly kind: 'object'; readonly members: readonly { readonly name: string; readonly value: TemplateNode }[] };

export interface Template {
  readonly root: TemplateNode;
  /** Number of generators. */
  readonly slots: number;
}
