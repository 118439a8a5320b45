/** A real Kafka broker: one process that is broker and controller, with a folder and ports of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Kafka } from './programs.ts';
import { javaOptions, lastLines, runJava } from './programs.ts';

const startLimitMs = 60_000;
const stopLimitMs = 60_000;
const clientLimitMs = 180_000;
/** Any 16 bytes in Kafka's spelling do. */
const clusterId = 'TG9namFtLWNoZWNrLTAwMQ';

/** The longest there is: a broker forgets producers that were silent for longer. */
export const producerExpirationMs = 2_147_483_647;

export interface Broker {
  readonly kafka: Kafka;
  readonly folder: string;
  /** Folder with a partition's directory each. */
  readonly logs: string;
  readonly properties: string;
  readonly bootstrap: string;
  /** What it printed since its folder was made. */
  readonly output: string;
}

/** Ports nobody listens on now. Held together, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Formats a folder for a broker that has not run yet. Nothing in it is deleted, compacted or rolled by age. */
export async function formatBroker(kafka: Kafka, folder: string): Promise<Broker> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [port, controllerPort] = await freePorts(2);
  const logs = join(folder, 'logs');
  const properties = join(folder, 'server.properties');
  const configs = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logs,
    'log.retention.ms': -1,
    'log.cleaner.enable': false,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'num.network.threads': 1,
    'num.io.threads': 2,
    'producer.id.expiration.ms': producerExpirationMs,
  };
  const lines = Object.entries(configs).map(([name, value]) => `${name}=${value}`);
  writeFileSync(properties, `${lines.join('\n')}\n`);
  const parameters = ['kafka.tools.StorageTool', 'format', '--config', properties, '--cluster-id', clusterId];
  const { status, stdout, stderr } = await runJava(kafka, parameters, startLimitMs);
  if (status !== 0) throw new Error(`kafka.tools.StorageTool ended with ${status}:\n${lastLines(stdout + stderr, 20)}`);
  return { kafka, folder, logs, properties, bootstrap: `127.0.0.1:${port}`, output: join(folder, 'broker.log') };
}

/** Runs the broker while `work` lasts, then stops it as an operator would. Returns what it printed meanwhile. */
export async function whileRunning(broker: Broker, work: () => Promise<void>): Promise<string> {
  let printed = '';
  const child = spawn('java', [...javaOptions(broker.kafka), 'kafka.Kafka', broker.properties], { stdio: ['ignore', 'pipe', 'pipe'] });
  const note = (text: string): void => {
    printed += text;
    appendFileSync(broker.output, text);
  };
  child.stdout.setEncoding('utf8').on('data', note);
  child.stderr.setEncoding('utf8').on('data', note);
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => reject(new Error(`the broker ended by itself with ${status}:\n${lastLines(printed, 20)}`)));
    });
    // Only a broker that ends while there is work is a failure.
    await Promise.race([work(), ended]);
  } finally {
    await stop(child);
    process.removeListener('exit', endWithUs);
  }
  return printed;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  child.kill('SIGTERM');
  await closed;
  clearTimeout(limit);
}

/** Runs KafkaClient.java against the broker, which may still be starting. Returns the lines it printed. */
export async function askClient(broker: Broker, command: 'create' | 'read', parameters: readonly string[]): Promise<string[]> {
  const program = join(import.meta.dirname, 'KafkaClient.java');
  const { status, stdout, stderr } = await runJava(broker.kafka, [program, command, broker.bootstrap, ...parameters], clientLimitMs);
  if (status !== 0) throw new Error(`KafkaClient ${command} ended with ${status}:\n${lastLines(stdout + stderr, 20)}`);
  return stdout.split('\n').filter((line) => line !== '');
}
