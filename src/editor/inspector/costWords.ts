/** Money as people read it. */

/** `$12.40/month`; what is less than a cent is said to be so. */
export function monthlyCost(usd: number): string {
  if (usd > 0 && usd < 0.01) return '< $0.01/month';
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}/month`;
}
