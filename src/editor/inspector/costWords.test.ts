import { expect, test } from 'vitest';
import { monthlyCost } from './costWords.ts';

test('[COST-1] a month of storage is told in USD with cents; less than a cent is said to be so', () => {
  expect(monthlyCost(0)).toBe('$0.00/month');
  expect(monthlyCost(0.0009)).toBe('< $0.01/month');
  expect(monthlyCost(0.01)).toBe('$0.01/month');
  expect(monthlyCost(1234.5)).toBe('$1,234.50/month');
});
