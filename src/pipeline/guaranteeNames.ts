/** Delivery guarantees a pipeline can be given as one setting, the weakest first; what each means is in `guarantee.ts`. */
export const guarantees = ['at-most-once', 'at-least-once', 'idempotent-producer', 'exactly-once'] as const;
export type Guarantee = (typeof guarantees)[number];
