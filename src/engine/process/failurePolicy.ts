/** What an application does with a record whose service failed (Spring Kafka's DefaultErrorHandler, DeadLetterPublishingRecoverer and retry topics are the models). */
export interface FailurePolicy {
  readonly action: 'retry' | 'skip' | 'stop' | 'retry-topic' | 'dead-letter';
  /** Attempts for one record, the first included. */
  readonly attemptsMax: number;
  /** Wait after the first attempt, and what each further one is multiplied by, up to the longest. */
  readonly backoffUs: number;
  readonly multiplier: number;
  readonly backoffMaxUs: number;
  /** After which a stopped member starts again. */
  readonly restartUs: number;
}

/** Of nodes whose services do not fail. */
export const noFailures: FailurePolicy = { action: 'skip', attemptsMax: 1, backoffUs: 0, multiplier: 1, backoffMaxUs: 0, restartUs: 0 };

/** Wait after attempt `attempt`, counted from 1 (ExponentialBackOff). */
export function backoffAfter({ backoffUs, multiplier, backoffMaxUs }: FailurePolicy, attempt: number): number {
  let waitUs = backoffUs;
  for (let i = 1; i < attempt && waitUs < backoffMaxUs; i++) waitUs *= multiplier;
  return Math.round(Math.min(waitUs, backoffMaxUs));
}

/** What became of a record at the end of its service, in `WorkerState.failed`. */
export const Outcome = {
  done: 0,
  /** Given up and only counted. */
  skipped: 1,
  /** Sent to the retry topic. */
  retried: 2,
  /** Sent to the dead letter topic. */
  deadLettered: 3,
  /** Done before: its id was in the table. */
  duplicate: 4,
  /** Its error ends the member. */
  stops: 5,
  /** Refused by a full pool, and only counted. */
  rejected: 6,
} as const;

/** Places of the failure wires in `NodeState.outputs`. */
export const retryOutput = 1;
export const deadLetterOutput = 2;
