/** Java, Maven and the jars of Apache Kafka: finding, fetching and running them. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** This folder, and where Maven puts the jars: outside of the sources, never committed. */
const here = import.meta.dirname;
const cache = join(here, '../../.cache/kafkaTools');

/** Kafka 4's broker needs Java 17; a file is run as a program by a development kit only. */
const javaVersionLeast = 17;
const fetchLimitMs = 600_000;

/** Kafka as it was fetched. */
export interface Kafka {
  readonly version: string;
  readonly classPath: string;
}

/** What a program printed, and how it ended; null status: it was ended for taking too long. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Kafka's version as pom.xml has it. */
function kafkaVersion(): string {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(join(here, 'pom.xml'), 'utf8'))?.[1];
  if (version === undefined) throw new Error('pom.xml names no kafka.version');
  return version;
}

/** Why the checks cannot run on this machine; null when they can. */
export function missingPrograms(): string | null {
  const java = spawnSync('java', ['--list-modules'], { encoding: 'utf8' });
  if (java.error) return 'there is no java on the path';
  const major = Number(/^java\.base@(\d+)/m.exec(java.stdout)?.[1] ?? 0);
  if (major < javaVersionLeast) return `java is version ${major || 'below 9'}, Kafka 4 needs ${javaVersionLeast} or later`;
  if (!/^jdk\.compiler@/m.test(java.stdout)) return 'java is a run-time environment only, a development kit (JDK) is needed';
  if (spawnSync('mvn', ['--version'], { encoding: 'utf8' }).error) return 'there is no mvn (Apache Maven) on the path';
  return null;
}

/** Kafka's jars, fetched with Maven the first time. */
export async function fetchKafka(): Promise<Kafka | { readonly reason: string }> {
  const version = kafkaVersion();
  const jars = join(cache, version);
  const complete = join(jars, 'complete');
  if (!existsSync(complete)) {
    console.log(`Fetching Apache Kafka ${version} from Maven into ${jars}`);
    mkdirSync(jars, { recursive: true });
    const goal = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime'];
    const { status, stdout, stderr } = await runProgram('mvn', [...goal, `-DoutputDirectory=${jars}`], { limitMs: fetchLimitMs });
    if (status !== 0) return { reason: `Maven could not fetch Apache Kafka ${version}:\n${lastLines(stdout + stderr, 10)}` };
    writeFileSync(complete, '');
  }
  return { version, classPath: join(jars, '*') };
}

/** Runs a Java program of Kafka's, or one of the files of this folder. */
export function runJava(kafka: Kafka, parameters: readonly string[], limitMs: number): Promise<Ended> {
  return runProgram('java', [...javaOptions(kafka), ...parameters], { limitMs });
}

/** Options before the class: jars, little memory, UTF-8 whatever the locale, warnings only. */
export function javaOptions(kafka: Kafka): string[] {
  const encodings = ['file.encoding', 'sun.stdout.encoding', 'stdout.encoding'].map((name) => `-D${name}=UTF-8`);
  const logging = `-Dlog4j2.configurationFile=${join(here, 'log4j2.properties')}`;
  return ['-cp', kafka.classPath, '-Xmx512m', '-XX:TieredStopAtLevel=1', ...encodings, logging];
}

function runProgram(command: string, parameters: readonly string[], { limitMs }: { readonly limitMs: number }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(limit);
      resolve({ status, stdout, stderr });
    });
  });
}

/** The end of a long text. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
