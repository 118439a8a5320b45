import { Component, type ErrorInfo, type ReactNode } from 'react';
import { saveAsFile } from '../files/documents.ts';

interface Properties {
  /** What broke, for the message: `The inspector`. */
  readonly place: string;
  /** Whether this is the whole page rather than one panel. */
  readonly whole?: boolean;
  /** Where the panel lies in the page's grid, so that what is said of it stays there and moves no other. */
  readonly area?: 'palette' | 'inspector' | 'dock';
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** Keeps a broken panel from taking the page with it: says what broke, and offers the document and another try. */
export class ErrorBoundary extends Component<Properties, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(`${this.props.place} stopped.`, error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div
        role="alert"
        className={this.props.whole === true ? 'lj-broken lj-broken-whole' : 'lj-broken'}
        style={{ gridArea: this.props.area }}
      >
        <h2>{this.props.place} stopped working</h2>
        <p>{error.message}. The document is safe.</p>
        <p className="lj-row">
          <button type="button" className="lj-button" onClick={() => this.setState({ error: null })}>
            Try again
          </button>
          <button type="button" className="lj-button" onClick={saveAsFile}>
            Save the document as a file
          </button>
        </p>
      </div>
    );
  }
}
