import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAtLeast, minimumNodeVersion } from './nodeVersion.js';
import { inProject } from './project.js';

describe('Node version', () => {
  test.each([
    ['20.19.0', true],
    ['v20.19.0', true],
    ['20.20.1', true],
    ['22.0.0', true],
    ['100.0.0', true],
    ['20.18.9', false],
    ['20.9.0', false],
    ['18.20.0', false],
    ['20.19.0-nightly20250101', true],
  ])('%s is at least 20.19.0: %s', (version, expected) => {
    expect(isAtLeast(version, '20.19.0')).toBe(expected);
  });

  test('package.json asks for the same version', () => {
    const { engines } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
    expect(`${engines.node}.0`).toBe(`>=${minimumNodeVersion}`);
  });
});
