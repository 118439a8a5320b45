/** What a producer promises: idempotence, transactions, and the time it has for them. Kafka's client refuses what contradicts itself. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, isProducing, nodesWhere, numberOf, roleOf, textOf } from './rule.ts';
import { meanRatePerSecond } from './rates.ts';

function refusal(context: RuleContext, node: PipelineNode, config: string, kafka: string, remedy: string): Finding {
  const message = `Kafka's client refuses the producer of "${node.name}" (ConfigException): ${kafka}`;
  return about(context, node, { severity: 'error', code: 'producer.refused', message, remedy }, config);
}

function isIdempotent(context: RuleContext, node: PipelineNode): boolean {
  return (
    context.configs.get(node.id)?.['enable.idempotence'] === true &&
    textOf(context, node, 'acks') === 'all' &&
    numberOf(context, node, 'retries') !== 0
  );
}

/** ProducerConfig.postProcessAndValidateIdempotenceConfigs: an idempotence asked for must be possible, one by default gives way to acks and retries. */
function idempotence(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (context.configs.get(node.id)?.['enable.idempotence'] !== true) return [];
  const isAskedFor = Object.hasOwn(node.config, 'enable.idempotence');
  const inFlight = numberOf(context, node, 'max.in.flight.requests.per.connection');
  const findings: Finding[] = [];
  if (numberOf(context, node, 'retries') === 0 && isAskedFor) {
    const kafka = 'Must set retries to non-zero when using the idempotent producer.';
    findings.push(refusal(context, node, 'retries', kafka, 'Leave retries at its default, or set enable.idempotence to false.'));
  }
  if (textOf(context, node, 'acks') !== 'all' && isAskedFor) {
    const kafka = 'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.';
    findings.push(refusal(context, node, 'acks', kafka, 'Set acks to all, or enable.idempotence to false.'));
  }
  if (inFlight > 5) {
    const kafka = `To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is ${inFlight}.`;
    const remedy = 'Set it to 5 or less, or enable.idempotence to false; then a retry may reorder or double records.';
    findings.push(refusal(context, node, 'max.in.flight.requests.per.connection', kafka, remedy));
  }
  return findings;
}

/** Without idempotence, a batch that is sent again may come twice, or after a later one. */
function retries(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (textOf(context, node, 'acks') === '0' || numberOf(context, node, 'retries') === 0) return [];
  // Only where somebody chose it: acks=1 alone is a choice about safety, said elsewhere.
  if (node.config['enable.idempotence'] !== false) return [];
  const reorders = numberOf(context, node, 'max.in.flight.requests.per.connection') > 1;
  const message = `"${node.name}" sends again without idempotence: a batch may be written twice${reorders ? ', or after a later one' : ''}.`;
  const words = { message, remedy: 'Leave enable.idempotence on, unless you mean to show this.' };
  return [about(context, node, { severity: 'warning', code: 'producer.no-idempotence', ...words }, 'enable.idempotence')];
}

/** KafkaProducer.configureDeliveryTimeout: a timeout asked for must hold a linger and a request, the default is raised. */
function deliveryTimeout(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const least = Math.min(numberOf(context, node, 'linger.ms') + numberOf(context, node, 'request.timeout.ms'), 2_147_483_647);
  if (!(numberOf(context, node, 'delivery.timeout.ms') < least)) return [];
  if (Object.hasOwn(node.config, 'delivery.timeout.ms')) {
    const kafka = 'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms';
    return [refusal(context, node, 'delivery.timeout.ms', kafka, `Set delivery.timeout.ms to ${least} or more.`)];
  }
  const message = `linger.ms and request.timeout.ms of "${node.name}" are ${least} ms together, above the default of delivery.timeout.ms; Kafka's client takes ${least} ms instead.`;
  const words = { message, remedy: `Set delivery.timeout.ms to ${least} or more yourself.` };
  return [about(context, node, { severity: 'info', code: 'producer.delivery-timeout', ...words }, 'delivery.timeout.ms')];
}

/** A producer with a `transactional.id`, or a processor whose members have one each. */
function isTransactional(context: RuleContext, node: PipelineNode): boolean {
  if (roleOf(node) === 'processor') return textOf(context, node, 'processing.guarantee') === 'exactly_once_v2';
  return roleOf(node) === 'producer' && textOf(context, node, 'transactional.id') !== '';
}

function transactions(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (!isTransactional(context, node)) return [];
  const findings: Finding[] = [];
  const timeoutMs = numberOf(context, node, 'transaction.timeout.ms');
  const mostMs = Number(context.cluster['transaction.max.timeout.ms']);
  if (!isIdempotent(context, node)) {
    const kafka = 'Cannot set a transactional.id without also enabling idempotence.';
    findings.push(
      refusal(
        context,
        node,
        roleOf(node) === 'producer' ? 'transactional.id' : 'processing.guarantee',
        kafka,
        'Set acks to all and leave retries and enable.idempotence at their defaults.',
      ),
    );
  }
  if (timeoutMs > mostMs) {
    const message = `The coordinator refuses "${node.name}" (INVALID_TRANSACTION_TIMEOUT): the transaction timeout of ${timeoutMs} ms is larger than the maximum value allowed by the broker (transaction.max.timeout.ms, ${mostMs} ms).`;
    const words = { message, remedy: 'Lower transaction.timeout.ms, or raise transaction.max.timeout.ms of the cluster.' };
    findings.push(about(context, node, { severity: 'error', code: 'producer.transaction-timeout', ...words }, 'transaction.timeout.ms'));
  }
  if (roleOf(node) === 'processor') return [...findings, ...slowCommits(context, node, timeoutMs)];
  const records = numberOf(context, node, 'transaction.records');
  const transactionMs = (records / meanRatePerSecond(context, node)) * 1000;
  if (transactionMs > timeoutMs) {
    const everyMs = Number(context.cluster['transaction.abort.timed.out.transaction.cleanup.interval.ms']);
    const message = `${records} records of "${node.name}" take about ${Math.round(transactionMs)} ms to arrive, longer than transaction.timeout.ms (${timeoutMs} ms): the coordinator, which looks every ${everyMs} ms, aborts those it finds older.`;
    const words = { message, remedy: 'Lower transaction.records, or raise transaction.timeout.ms.' };
    findings.push(about(context, node, { severity: 'warning', code: 'producer.slow-transactions', ...words }, 'transaction.records'));
  }
  return findings;
}

/** A processor's transaction is open for its commit interval and a poll. */
function slowCommits(context: RuleContext, node: PipelineNode, timeoutMs: number): readonly Finding[] {
  const intervalMs = numberOf(context, node, 'commit.interval.ms');
  if (intervalMs < timeoutMs) return [];
  const message = `"${node.name}" commits every ${intervalMs} ms, and the coordinator aborts transactions older than transaction.timeout.ms (${timeoutMs} ms).`;
  const words = { message, remedy: 'Lower commit.interval.ms, or raise transaction.timeout.ms.' };
  return [about(context, node, { severity: 'warning', code: 'processor.slow-transactions', ...words }, 'commit.interval.ms')];
}

/** Two producers with one transactional id: each new one fences the other (PRODUCER_FENCED). */
function sharedTransactionalIds(context: RuleContext): readonly Finding[] {
  const firstWith = new Map<string, PipelineNode>();
  return nodesWhere(context, (node) => isTransactional(context, node) && textOf(context, node, 'transactional.id') !== '').flatMap(
    (node) => {
      const id = textOf(context, node, 'transactional.id');
      const other = firstWith.get(id);
      if (other === undefined) {
        firstWith.set(id, node);
        return [];
      }
      const message = `"${node.name}" and "${other.name}" have the same transactional.id "${id}": the one that starts last fences the other (PRODUCER_FENCED).`;
      const words = { message, remedy: 'Give each producer a transactional.id of its own, unless you mean to show this.' };
      return [about(context, node, { severity: 'warning', code: 'producer.same-transactional-id', ...words }, 'transactional.id')];
    },
  );
}

export const deliveryRules: readonly Rule[] = [
  (context) =>
    nodesWhere(context, isProducing).flatMap((node) =>
      [idempotence, retries, deliveryTimeout, transactions].flatMap((rule) => rule(context, node)),
    ),
  sharedTransactionalIds,
];
