import type { Contract } from './contract.ts';
import { createFindings, type Verdict } from './findings.ts';
import type { History } from './history.ts';
import { findLogAnomalies } from './logAnomalies.ts';
import { orderPartitions } from './partitionOrder.ts';
import { findStepAnomalies } from './stepAnomalies.ts';
import { findTransactionAnomalies } from './transactionAnomalies.ts';

/**
 * Judges what clients did and saw by what Kafka promises them: the anomalies of Jepsen's Kafka workload (jepsen.tests.kafka). It knows nothing but
 * the history, in which a record's name must be unique within its partition. Time and memory grow with the records named.
 */
export function checkHistory(history: History, contract: Contract): Verdict {
  const orders = orderPartitions(history);
  const findings = createFindings();
  findLogAnomalies(orders, contract, findings);
  findStepAnomalies(orders, contract, findings);
  findTransactionAnomalies(orders, contract, findings);
  return findings;
}
