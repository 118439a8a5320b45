import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cacheControl, contentSecurityPolicy, headersFile, securityHeaders } from './headers.js';
import { inProject } from './project.js';

describe('headers', () => {
  test('the policy allows neither eval, nor inline code, nor another host', () => {
    expect(contentSecurityPolicy).toMatch(/^default-src 'none'; /);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('only files with a hash in their name are kept forever', () => {
    expect(cacheControl('/assets/index-1a2b.js')).toContain('immutable');
    expect(cacheControl('/sw.js')).toBe('no-cache');
    expect(cacheControl('/')).toBe('no-cache');
  });

  test('the headers file and docs/hosting.md give the headers that npm start sends', () => {
    const hosting = readFileSync(inProject('docs', 'hosting.md'), 'utf8');
    for (const [name, value] of Object.entries(securityHeaders)) {
      expect(headersFile()).toContain(`  ${name}: ${value}\n`);
      expect(hosting).toContain(`add_header ${name} "${value}" always;`);
      expect(hosting).toContain(`Header always set ${name} "${value}"`);
    }
  });
});
