/** Settings that statements are planned under, with ksqlDB's defaults (`KsqlConfig`). */
export interface PlanConfig {
  /** `ksql.persistence.default.format.key`. */
  readonly defaultKeyFormat: string;
  /** `ksql.persistence.default.format.value`; null: every source has to say its own. */
  readonly defaultValueFormat: string | null;
  /** `ksql.persistence.wrap.single.values`; null: as the format has it. */
  readonly wrapsSingleValues: boolean | null;
  /** `ksql.output.topic.name.prefix`. */
  readonly topicPrefix: string;
  /** How often at most closed windows are looked for (`__emit.interval.ms.kstreams.windowed.aggregation__`). */
  readonly emitFinalEveryMs: number;
  /** `ksql.timestamp.throw.on.invalid`. */
  readonly throwsOnInvalidTimestamp: boolean;
  /** All settings as given, for functions that have their own. */
  readonly settings: Readonly<Record<string, string>>;
}

const text = (settings: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = settings[name] ?? settings[name.replace(/^ksql\.streams\./, '')];
  return value === undefined || value === null ? null : String(value as string | number | boolean);
};

/** The settings of a list of properties. */
export function planConfig(settings: Readonly<Record<string, unknown>> = {}): PlanConfig {
  const wraps = text(settings, 'ksql.persistence.wrap.single.values');
  const format = text(settings, 'ksql.persistence.default.format.value');
  return {
    defaultKeyFormat: text(settings, 'ksql.persistence.default.format.key') ?? 'KAFKA',
    defaultValueFormat: format,
    wrapsSingleValues: wraps === null ? null : wraps === 'true',
    topicPrefix: text(settings, 'ksql.output.topic.name.prefix') ?? '',
    emitFinalEveryMs: Number(text(settings, 'ksql.streams.__emit.interval.ms.kstreams.windowed.aggregation__') ?? 1000),
    throwsOnInvalidTimestamp: text(settings, 'ksql.timestamp.throw.on.invalid') === 'true',
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value as string)])),
  };
}
