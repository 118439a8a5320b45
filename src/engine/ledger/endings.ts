/** What may become of a record that no sink has. The order is that of reports. */
export const endings = [
  'givenUp',
  'lost',
  'expired',
  'skipped',
  'aborted',
  'compacted',
  'filtered',
  'failed',
  'deadLettered',
  'deduplicated',
  'archived',
] as const;
export type Ending = (typeof endings)[number];

/** What a cause explains: an ending, or something delivered as it should not be. */
export type LedgerFate = Ending | 'duplicated' | 'reordered';
