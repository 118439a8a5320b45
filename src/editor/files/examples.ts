/** The examples that ship with the designer, as text; they go through the same parser as any file. */
const texts = import.meta.glob<string>('../../../examples/*.json', { query: '?raw', import: 'default', eager: true });

export interface Example {
  /** File name without its ending, as `?example=` takes it. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly text: string;
}

function field(text: string, name: string): string {
  try {
    const value: unknown = (JSON.parse(text) as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

/** All examples by name. */
export const examples: readonly Example[] = Object.entries(texts)
  .map(([path, text]) => {
    const id = path.slice(path.lastIndexOf('/') + 1, -'.json'.length);
    return { id, title: field(text, 'name') || id, description: field(text, 'description'), text };
  })
  .sort((a, b) => (a.id < b.id ? -1 : 1));
