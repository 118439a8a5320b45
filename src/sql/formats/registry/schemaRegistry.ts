/** A schema registry in memory: schemas with their ids, and the versions of each subject (Confluent Schema Registry's `MockSchemaRegistryClient`). */

export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';

/** A schema as a registry knows it. */
export interface RegisteredSchema {
  readonly type: SchemaType;
  readonly text: string;
  /** The texts of the schemas that it imports. */
  readonly references: readonly string[];
}

/** What a registry knows, as plain data. */
export interface RegistryState {
  /** The schema of each id. */
  readonly schemas: Map<number, RegisteredSchema>;
  /** The ids of each subject's versions, the oldest first. */
  readonly subjects: Map<string, number[]>;
}

export const emptyRegistry = (): RegistryState => ({ schemas: new Map(), subjects: new Map() });

/** The subject of a topic's keys or values (`TopicNameStrategy`). */
export const subjectOf = (topic: string, isKey: boolean): string => `${topic}-${isKey ? 'key' : 'value'}`;

const isSame = (a: RegisteredSchema, b: RegisteredSchema): boolean =>
  a.type === b.type && a.text === b.text && a.references.join('\n') === b.references.join('\n');

export class SchemaRegistry {
  private readonly state: RegistryState;

  constructor(state: RegistryState = emptyRegistry()) {
    this.state = state;
  }

  /**
   * Adds a schema as the newest version of a subject unless it is one of its versions already, and gives its id: the one that the same schema has under any
   * subject, `id` where that is given, or the next that is free.
   */
  register(subject: string, schema: RegisteredSchema, id?: number): number {
    const { schemas, subjects } = this.state;
    const versions = subjects.get(subject) ?? [];
    const known = id ?? [...schemas].find(([, one]) => isSame(one, schema))?.[0];
    const made = known ?? Math.max(0, ...schemas.keys()) + 1;
    schemas.set(made, schema);
    if (!versions.includes(made)) subjects.set(subject, [...versions, made]);
    return made;
  }

  /** The id of a subject's newest version; null where the subject is not there. */
  latest(subject: string): number | null {
    return this.state.subjects.get(subject)?.at(-1) ?? null;
  }

  /** The schema of an id. Throws where there is none. */
  schema(id: number): RegisteredSchema {
    const found = this.state.schemas.get(id);
    if (!found) throw new Error(`Schema registry: there is no schema with id ${String(id)}.`);
    return found;
  }

  has(id: number): boolean {
    return this.state.schemas.has(id);
  }
}
