/** The page: tokens and base styles first, then the designer. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme/tokens.css';
import './shell/base.css';
import { App } from './shell/App.tsx';
import { ErrorBoundary } from './shell/ErrorBoundary.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('Expected an element with the id "root" in index.html, found none.');

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary place="The designer" whole>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
