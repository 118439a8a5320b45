/** Entry of the simulation worker: gives the simulation the browser's clock, messages and storage. */
import { expose } from 'comlink';
import { createSimulation } from './simulation/simulation.ts';
import type { SimulationHost } from './simulation/session.ts';
import { connectStorage } from './storage/connect.ts';

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

const host: SimulationHost = {
  nowMs: () => performance.now(),
  post: (message, transfer = []) => self.postMessage(message, { transfer }),
  yieldNow: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    }),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  storage: connectStorage(),
};

// An error that nobody waits for ends the simulation as one thrown out of any other task does: the page hears of it.
self.addEventListener('unhandledrejection', (event) => reportError(event.reason));

expose(createSimulation(host));
