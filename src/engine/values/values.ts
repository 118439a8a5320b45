/** Skeleton: what a record's key and value are, computed again from its identity whenever somebody looks; nothing is stored. */


/** JSON-like value of a record. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A compiled `value.template`: every field's value follows from (seed, producer, sequence, field). */
export interface ValueTemplate {
  readonly text: string;
}
/** A compiled expression over key, value.<field>, timestamp, partition, offset. */
export interface Expression {
  readonly text: string;
}
