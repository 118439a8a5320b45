import { readFile } from 'node:fs/promises';
import { expect, type Download, type Locator, type Page } from '@playwright/test';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The designer as a person finds things in it: by what is written there, what it is called, and what it is for. */
export class Designer {
  readonly page: Page;
  readonly canvas: Locator;
  readonly palette: Locator;
  readonly inspector: Locator;
  readonly dock: Locator;
  readonly runControls: Locator;
  readonly clock: Locator;
  readonly nodes: Locator;
  readonly messages: Locator;

  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByRole('main', { name: 'Canvas' });
    this.palette = page.getByRole('navigation', { name: 'Palette' });
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.dock = page.getByRole('contentinfo', { name: 'Dock' });
    this.runControls = page.getByRole('group', { name: 'Run', exact: true });
    this.clock = page.getByRole('timer', { name: 'Virtual time' });
    this.nodes = this.canvas.locator('.react-flow__node');
    this.messages = page.getByRole('list', { name: 'Messages' });
  }

  /** Opens the designer and waits until it can be used. */
  async open(address = ''): Promise<void> {
    await this.page.goto(address);
    await expect(this.page.getByRole('heading', { name: 'Logjam' })).toBeVisible();
    await expect(this.runControls.getByRole('button', { name: /Play|Pause/ })).toBeVisible();
    // Keys and files are listened to from the moment the theme is set.
    await expect(this.page.locator('html')).toHaveAttribute('data-theme', /./);
  }

  /** A node on the canvas by its name. */
  node(name: string): Locator {
    return this.canvas.getByRole('group', { name: new RegExp(`^${escaped(name)}, `) });
  }

  /** Clicks a node's header, which selects it. */
  async select(name: string): Promise<void> {
    await this.node(name).getByText(name, { exact: true }).click();
    await expect(this.inspector.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(name);
  }

  /** Drags a part from the palette to a place on the canvas, counted from the canvas's corner. */
  async drag(part: string, place: Place): Promise<void> {
    const before = await this.nodes.count();
    await this.palette.getByRole('button', { name: `Add ${part}`, exact: true }).dragTo(this.canvas, { targetPosition: place });
    await expect(this.nodes).toHaveCount(before + 1);
  }

  /** Drags a wire from one node's right handle to another's left one. */
  async wire(from: string, to: string): Promise<void> {
    const start = await middle(this.node(from).locator('.react-flow__handle.source'));
    const end = await middle(this.node(to).locator('.react-flow__handle.target'));
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }

  get wires(): Locator {
    return this.canvas.locator('.react-flow__edge');
  }

  /** Brings the whole pipeline into view; what is out of it is not in the page either. */
  async fit(): Promise<void> {
    await this.canvas.getByRole('button', { name: 'Fit everything in view' }).click();
  }

  async tab(name: 'Configure' | 'Live' | 'Records' | 'Log' | 'Explain'): Promise<void> {
    await this.inspector.getByRole('tab', { name }).click();
  }

  async dockTab(name: 'Charts' | 'Cluster' | 'Groups' | 'Events' | 'Findings' | 'Ledger' | 'Objectives' | 'Streams'): Promise<void> {
    await this.dock.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  }

  /** A config's field of the selected node. */
  field(config: string): Locator {
    return this.inspector.getByLabel(config, { exact: true });
  }

  async configure(node: string, values: Readonly<Record<string, string>>): Promise<void> {
    await this.select(node);
    await this.tab('Configure');
    for (const [config, value] of Object.entries(values)) {
      await this.field(config).fill(value);
      await this.field(config).press('Enter');
    }
  }

  /** Does a command, or goes to a node, by typing its name into the list of commands. */
  async command(words: string): Promise<void> {
    await this.page.keyboard.press('Control+K');
    const field = this.page.getByRole('combobox', { name: 'Find or do anything' });
    await expect(field).toBeFocused();
    await this.page.keyboard.type(words);
    await expect(this.page.getByRole('dialog').getByRole('option', { selected: true })).toContainText(words);
    await this.page.keyboard.press('Enter');
    await expect(field).toBeHidden();
  }

  /** Chooses an item of the open menu by the keyboard. */
  async choose(item: string): Promise<void> {
    const wanted = this.page.getByRole('menuitem', { name: item, exact: true });
    await expect(this.page.getByRole('menuitem').first()).toBeFocused();
    for (let i = 0; i < 40; i++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) break;
      await this.page.keyboard.press('ArrowDown');
    }
    await expect(wanted).toBeFocused();
    await this.page.keyboard.press('Enter');
    await expect(wanted).toBeHidden();
  }

  /** Presses Tab until an element has the focus. */
  async tabTo(element: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await expect(element).toBeVisible();
    for (let i = 0; i < 150; i++) {
      if (await element.evaluate((candidate) => candidate === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    await expect(element).toBeFocused();
  }

  /** One of the selected node's live numbers, as text. */
  liveNumber(name: string): Locator {
    return this.inspector
      .locator('dl > div')
      .filter({ has: this.page.locator(`dt:text-is("${name}")`) })
      .locator('dd');
  }

  /** The selected node's lag in records. */
  async lag(): Promise<number> {
    return Number((await this.liveNumber('Lag').innerText()).replace(/[^\d]/g, ''));
  }

  async setSpeed(speed: string): Promise<void> {
    await this.runControls.getByRole('combobox', { name: 'Speed' }).selectOption(speed);
  }

  /** Virtual seconds the clock shows. */
  async seconds(): Promise<number> {
    const parts = (await this.clock.innerText()).split(':').map(Number);
    return parts.reduce((sum, part) => sum * 60 + part, 0);
  }

  /** Waits until a paused run is stored as it stands, as Overview says it with nothing selected; gives the virtual seconds it stands at. */
  async storedAt(): Promise<number> {
    await this.page.keyboard.press('Escape');
    await this.tab('Live');
    const stored = this.inspector.locator('dt:text-is("In this browser") + dd');
    await expect(async () => expect(await stored.innerText()).toContain(`stored up to ${await this.clock.innerText()}`)).toPass();
    return this.seconds();
  }

  /** What Overview says of the run with nothing selected: the beginning of its fingerprint. */
  async fingerprint(): Promise<string> {
    await this.page.keyboard.press('Escape');
    await this.tab('Live');
    return await this.inspector.locator('dt:text-is("Fingerprint") + dd').innerText();
  }

  /** Runs as fast as possible to the end of the scenario. */
  async runToEnd(): Promise<void> {
    await this.setSpeed('max');
    const play = this.runControls.getByRole('button', { name: 'Play' });
    if (await play.isVisible()) await play.click();
    await expect(this.messages.getByText('The run reached the end of its scenario.')).toBeVisible({ timeout: 40_000 });
  }

  /** Opens text as a file, by the dialog for it and the browser's file chooser. */
  async openFile(name: string, text: string): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Open' }).click();
    const chooser = this.page.waitForEvent('filechooser', { timeout: 10_000 });
    await this.page.getByRole('dialog', { name: 'Open' }).getByRole('button', { name: 'Open a file' }).click();
    await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  }

  /** Drops text as a file onto the page. */
  async dropFile(name: string, text: string): Promise<void> {
    const data = await this.page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content!], fileName!, { type: 'application/json' }));
        return transfer;
      },
      [name, text],
    );
    await this.canvas.dispatchEvent('drop', { dataTransfer: data });
  }

  /** Saves the document as a file and gives its text. */
  async saveAsFile(): Promise<string> {
    const saving: Promise<Download> = this.page.waitForEvent('download');
    await this.page.keyboard.press('Control+S');
    return readFile(await (await saving).path(), 'utf8');
  }

  /** The findings dialog of a file. */
  findings(file: string): Locator {
    return this.page.getByRole('dialog', { name: new RegExp(`^${escaped(file)} was`) });
  }

  get saved(): Locator {
    return this.page.getByRole('status', { name: 'Saved state' });
  }
}

async function middle(locator: Locator): Promise<Place> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`not on the screen: ${String(locator)}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
