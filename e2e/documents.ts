/** Producer → orders (6 partitions) → filter → large orders → search index, which keeps up only just. As the text of a file. */
export function shopText(change: (document: ReturnType<typeof shop>) => void = () => undefined): string {
  const document = shop();
  change(document);
  return JSON.stringify(document);
}

function shop() {
  return {
    format: 'logjam/pipeline',
    version: 1,
    name: 'Shop',
    description: '',
    nodes: [
      {
        id: 'checkout',
        kind: 'producer',
        name: 'checkout',
        config: { 'workload.rate': 500, 'workload.shape': 'poisson', 'value.size.bytes': 300 } as Record<string, unknown>,
      },
      { id: 'orders', kind: 'topic', name: 'orders', config: { partitions: 6 } as Record<string, unknown> },
      { id: 'filter', kind: 'filter', name: 'large', config: { 'pass.probability': 0.5 } as Record<string, unknown> },
      { id: 'large-orders', kind: 'topic', name: 'orders.large', config: { partitions: 3 } as Record<string, unknown> },
      {
        id: 'index',
        kind: 'sink',
        name: 'search-index',
        config: { 'service.time.distribution': 'exponential', 'service.time.ms': 3.9 } as Record<string, unknown>,
      },
    ],
    edges: [
      { id: 'e1', source: 'checkout', target: 'orders' },
      { id: 'e2', source: 'orders', target: 'filter' },
      { id: 'e3', source: 'filter', target: 'large-orders' },
      { id: 'e4', source: 'large-orders', target: 'index' },
    ],
    cluster: { config: {} },
    scenario: { seed: 11, durationMs: 120_000, faults: [], objectives: [] },
    layout: {
      positions: [
        { node: 'checkout', x: 0, y: 0 },
        { node: 'orders', x: 264, y: 0 },
        { node: 'filter', x: 528, y: 0 },
        { node: 'large-orders', x: 0, y: 240 },
        { node: 'index', x: 264, y: 240 },
      ],
    },
  };
}
