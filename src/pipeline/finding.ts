/** A design warning, a refused value or a broken rule, with its place. Read by people: whole sentences, what, where, why, what to do. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  /** Stable, dotted, for tests and filters: `config.out-of-range`, `edge.dangling`, `topic.replication-factor`. */
  readonly code: string;
  /** The file the value came from, where there is one. */
  readonly file?: string;
  /** JSON-pointer-like path into the document (`/nodes/3/config/linger.ms`), empty for the whole. */
  readonly path: string;
  readonly node?: string;
  readonly edge?: string;
  /** Config name, where the finding is about one. */
  readonly config?: string;
  /** Where in the config's text it is, both from 1, where the config has a language. */
  readonly at?: { readonly line: number; readonly column: number };
  /** One sentence: what is wrong, with the value. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}
