/** The only value a config can hold. Kafka's own names and units (`linger.ms: 5`), durations in the unit the name ends with. */
export type ConfigValue = string | number | boolean | readonly string[];

/** Absent means default (Kafka's own where Kafka has one). */
export type Config = Readonly<Record<string, ConfigValue>>;
