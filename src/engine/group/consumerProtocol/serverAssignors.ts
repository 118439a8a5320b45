import { assignRangeServer } from './rangeServer.ts';
import type { ServerAssign } from './serverAssignor.ts';
import { assignUniformHeterogeneous } from './uniformHeterogeneous.ts';
import { assignUniformHomogeneous } from './uniformHomogeneous.ts';

/** Names of `group.consumer.assignors` and `group.remote.assignor`. */
export type ServerAssignorName = 'uniform' | 'range';

/** The brokers' assignors of the consumer protocol (KIP-848). A group without members is not assigned. */
export const serverAssignors: Readonly<Record<ServerAssignorName, ServerAssign>> = {
  uniform: (input) => (input.homogeneous ? assignUniformHomogeneous(input) : assignUniformHeterogeneous(input)),
  range: assignRangeServer,
};
