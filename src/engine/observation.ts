/** What a host may look at in a run to show it live. Reads only. */
export { countsOf, settleAll } from './metrics/observe.ts';
export { nodeLag, ownersOf, partitionLag } from './metrics/lag.ts';
export { seriesQuantities } from './metrics/series.ts';
