/** Words of the grammar that may be a name without quotes (`nonReserved` in ksqlDB's SqlBase.g4). */
const freeWords = `ADD ALTER ANALYZE ARRAY ASSERT CHANGES COLUMN COLUMNS DATE DAY DEFINE EMIT ESCAPE EXPLAIN FINAL FUNCTION FUNCTIONS GRACE HEADER HEADERS
HOUR ID IF INTEGER INTERVAL KEY MAP MINUTE MONTH PARTITION PARTITIONS PERIOD PLUGINS PRIMARY REPLACE RESET SCHEMA SECOND SESSION SET SHOW SINK
SOURCE STRING STRUCT SUBJECT SYSTEM TABLES TIME TIMEOUT TIMESTAMP TYPE TYPES UNDEFINE VARIABLES YEAR ZONE`;

/** All words of the grammar, in its order; the others of them are names only in quotes. */
const grammarWords = `STRING EMIT CHANGES FINAL SELECT FROM AS ALL DISTINCT WHERE WITHIN WINDOW GROUP BY HAVING LIMIT AT OR AND IN NOT EXISTS BETWEEN
LIKE ESCAPE IS NULL TRUE FALSE INTEGER DATE TIME TIMESTAMP INTERVAL YEAR MONTH DAY HOUR MINUTE SECOND MILLISECOND YEARS MONTHS
DAYS HOURS MINUTES SECONDS MILLISECONDS ZONE TUMBLING HOPPING SIZE ADVANCE RETENTION GRACE PERIOD CASE WHEN THEN ELSE END JOIN
FULL OUTER INNER LEFT RIGHT ON PARTITION STRUCT WITH VALUES CREATE TABLE TOPIC STREAM STREAMS INSERT DELETE INTO DESCRIBE EXTENDED
PRINT EXPLAIN ANALYZE TYPE TYPES CAST SHOW LIST TABLES TOPICS QUERY QUERIES TERMINATE PAUSE RESUME LOAD COLUMNS COLUMN PARTITIONS
FUNCTIONS FUNCTION DROP TO RENAME ARRAY MAP SET DEFINE UNDEFINE RESET SESSION SAMPLE EXPORT CATALOG PROPERTIES BEGINNING UNSET RUN
SCRIPT DECIMAL KEY CONNECTOR CONNECTORS SINK SOURCE NAMESPACE MATERIALIZED VIEW PRIMARY REPLACE ASSERT ADD ALTER VARIABLES PLUGINS
HEADERS HEADER SYSTEM TIMEOUT SCHEMA SUBJECT ID IF`;

const free: ReadonlySet<string> = new Set(freeWords.split(/\s+/));
const inOrder = grammarWords.split(/\s+/);
const reserved: ReadonlySet<string> = new Set(inOrder.filter((word) => !free.has(word)));
/** Symbols and words in the order in which ksqlDB lists what it expected. */
const tokenOrder: ReadonlyMap<string, number> = new Map(
  [...';,().[]', ...inOrder, '=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '||', ':=', '->', '=>'].map((word, i) => [word, i]),
);

/** Whether an upper-cased word has a meaning of its own in the grammar. */
export const isKeyword = (word: string): boolean => reserved.has(word) || free.has(word);
/** Whether an upper-cased word can be a name only in quotes. */
export const isReserved = (word: string): boolean => reserved.has(word);

/** Which of two symbols or words the grammar names first: below 0, the first one. */
export const byGrammar = (one: string, other: string): number => tokenOrder.get(one)! - tokenOrder.get(other)!;

const plainName = /^(?:[A-Z_][A-Z0-9_@]*|[0-9][A-Z0-9_@]*[A-Z_@][A-Z0-9_@]*)$/;

/** Whether a name needs quotes to be read as itself: anything with small letters or odd characters, and reserved words (IdentifierUtil). */
export const needsQuotes = (name: string): boolean => !plainName.test(name) || reserved.has(name) || /^[0-9]+E[0-9]+$/.test(name);

export const quoted = (name: string): string => '`' + name.replaceAll('`', '``') + '`';
