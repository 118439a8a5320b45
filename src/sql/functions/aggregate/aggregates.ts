import type { AggregateFunction } from '../library.ts';
import { collectionAggregates } from './collections.ts';
import { offsetAggregates } from './byOffset.ts';
import { statisticsAggregates } from './statistics.ts';
import { sumFunctions } from './sums.ts';
import { topAggregates } from './top.ts';

export const aggregateFunctions: readonly AggregateFunction[] = [
  ...sumFunctions,
  ...collectionAggregates,
  ...offsetAggregates,
  ...topAggregates,
  ...statisticsAggregates,
];
