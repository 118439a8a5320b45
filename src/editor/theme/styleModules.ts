/** A rule set as CodeMirror writes it: selectors or properties, nested. */
interface StyleSpec {
  readonly [name: string]: StyleSpec | string | number | null | undefined;
}

interface StyleOptions {
  readonly finish?: (selector: string) => string;
}

const selectorsOf = (text: string): string[] => (text.startsWith('@') ? [text] : text.split(/,\s*/));
const property = (name: string): string => name.replace(/_.*/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function rulesOf(selectors: readonly string[], spec: StyleSpec, finish: (selector: string) => string): string[] {
  const [first] = selectors;
  if (first?.startsWith('@')) {
    const inner = Object.entries(spec).flatMap(([name, part]) => rulesOf(selectorsOf(name), part as StyleSpec, keyframes(first) ?? finish));
    return [`${first} {${inner.join(' ')}}`];
  }
  const nested: string[] = [];
  const declarations: string[] = [];
  for (const [name, part] of Object.entries(spec)) {
    if (part === null || part === undefined) continue;
    if (typeof part !== 'object') declarations.push(`${property(name)}: ${part};`);
    else
      nested.push(
        ...rulesOf(
          selectorsOf(name).flatMap((one) => selectors.map((outer) => one.replace('&', outer))),
          part,
          finish,
        ),
      );
  }
  if (declarations.length > 0) nested.push(`${selectors.map(finish).join(', ')} {${declarations.join(' ')}}`);
  return nested;
}

/** What stands within keyframes are moments, not selectors. */
const keyframes = (rule: string): ((moment: string) => string) | null => (/^@(-\w+-)?keyframes\b/.test(rule) ? (moment) => moment : null);

interface Root {
  adoptedStyleSheets: CSSStyleSheet[];
}

const mounted = new WeakMap<Root, StyleModule[]>();
let names = 0;

/**
 * Stands in for the package style-mod, by which CodeMirror brings its styles into the page (vite.config.ts puts it there). The package writes a
 * `<style>` element, which the content security policy forbids; constructed style sheets do the same and are allowed.
 */
export class StyleModule {
  private readonly rules: readonly string[];
  private sheet: CSSStyleSheet | null = null;

  constructor(spec: StyleSpec, { finish = (selector) => selector }: StyleOptions = {}) {
    this.rules = Object.entries(spec).flatMap(([name, part]) => rulesOf(selectorsOf(name), part as StyleSpec, finish));
  }

  /** The rules as text. */
  getRules(): string {
    return this.rules.join('\n');
  }

  /** A class name that nothing else has. */
  static newName(): string {
    names += 1;
    return `cm-s${names.toString(36)}`;
  }

  /** Brings modules into a page once each, in their order: what comes later counts more. */
  static mount(root: Root, modules: StyleModule | readonly StyleModule[]): void {
    const before = mounted.get(root) ?? [];
    const wanted = [modules].flat() as StyleModule[];
    if (wanted.every((module, at) => before.indexOf(module) >= (at === 0 ? 0 : before.indexOf(wanted[at - 1]!)))) return;
    const order = [...before];
    let at = 0;
    for (const module of wanted) {
      const index = order.indexOf(module);
      if (index >= at) {
        at = index + 1;
        continue;
      }
      if (index >= 0) {
        order.splice(index, 1);
        at -= 1;
      }
      order.splice(at, 0, module);
      at += 1;
    }
    mounted.set(root, order);
    const ours = new Set(order.map((module) => module.sheet));
    root.adoptedStyleSheets = [
      ...order.map((module) => module.constructed()),
      ...root.adoptedStyleSheets.filter((sheet) => !ours.has(sheet)),
    ];
  }

  private constructed(): CSSStyleSheet {
    if (this.sheet === null) {
      this.sheet = new CSSStyleSheet();
      this.sheet.replaceSync(this.getRules());
    }
    return this.sheet;
  }
}
