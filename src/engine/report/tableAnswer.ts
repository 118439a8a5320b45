/** What a pull query of a run is answered; plain data. */
export interface TableAnswer {
  /** The columns with their types, those of the key marked, as ksqlDB's header has them. */
  readonly schema: string;
  readonly columns: readonly string[];
  /** Values as texts. */
  readonly rows: readonly (readonly string[])[];
}
