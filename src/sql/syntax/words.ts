/** Words of the grammar that may be a name without quotes (`nonReserved` in ksqlDB's SqlBase.g4). */
const freeWords = `ADD ALTER ANALYZE ARRAY ASSERT CHANGES COLUMN COLUMNS DATE DAY DEFINE EMIT ESCAPE EXPLAIN FINAL FUNCTION FUNCTIONS GRACE HEADER HEADERS
HOUR ID IF INTEGER INTERVAL KEY MAP MINUTE MONTH PARTITION PARTITIONS PERIOD PLUGINS PRIMARY REPLACE RESET SCHEMA SECOND SESSION SET SHOW SINK
SOURCE STRING STRUCT SUBJECT SYSTEM TABLES TIME TIMEOUT TIMESTAMP TYPE TYPES UNDEFINE VARIABLES YEAR ZONE`;

/** Words that are names only in quotes. */
const reservedWords = `ADVANCE ALL AND AS AT BEGINNING BETWEEN BY CASE CAST CATALOG CONNECTOR CONNECTORS CREATE DAYS DECIMAL DELETE DESCRIBE DISTINCT DROP
ELSE END EXISTS EXPORT EXTENDED FALSE FROM FULL GROUP HAVING HOPPING HOURS IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT LIST LOAD MATERIALIZED
MILLISECOND MILLISECONDS MINUTES MONTHS NAMESPACE NOT NULL ON OR OUTER PAUSE PRINT PROPERTIES QUERIES QUERY RENAME RESUME RETENTION RIGHT RUN
SAMPLE SCRIPT SECONDS SELECT SIZE STREAM STREAMS TABLE TERMINATE THEN TO TOPIC TOPICS TRUE TUMBLING UNSET VALUES VIEW WHEN WHERE WINDOW WITH
WITHIN YEARS`;

const free: ReadonlySet<string> = new Set(freeWords.split(/\s+/));
const reserved: ReadonlySet<string> = new Set(reservedWords.split(/\s+/));

/** Whether an upper-cased word has a meaning of its own in the grammar. */
export const isKeyword = (word: string): boolean => reserved.has(word) || free.has(word);
/** Whether an upper-cased word can be a name only in quotes. */
export const isReserved = (word: string): boolean => reserved.has(word);

const plainName = /^(?:[A-Z_][A-Z0-9_@]*|[0-9][A-Z0-9_@]*[A-Z_@][A-Z0-9_@]*)$/;

/** Whether a name needs quotes to be read as itself: anything with small letters or odd characters, and reserved words (IdentifierUtil). */
export const needsQuotes = (name: string): boolean => !plainName.test(name) || reserved.has(name) || /^[0-9]+E[0-9]+$/.test(name);

export const quoted = (name: string): string => '`' + name.replaceAll('`', '``') + '`';
