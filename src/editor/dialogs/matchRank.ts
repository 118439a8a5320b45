/**
 * How well a query fits a label: 0 not at all; the start of the label best, then the start of a word, then anywhere, then its keywords, then
 * its letters in order. Every word of the query must be found.
 */
export function matchRank(query: string, label: string, keywords: readonly string[]): number {
  const words = query
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return 1;
  const text = label.toLowerCase();
  const ranks = words.map((word) => wordRank(word, text, keywords));
  return ranks.includes(0) ? 0 : ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}

function wordRank(word: string, text: string, keywords: readonly string[]): number {
  if (text.startsWith(word)) return 100;
  if (text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) return 80;
  if (text.includes(word)) return 60;
  if (keywords.some((keyword) => keyword.toLowerCase().includes(word))) return 40;
  return word.length > 2 && inOrder(word, text) ? 10 : 0;
}

function inOrder(word: string, text: string): boolean {
  let at = -1;
  return [...word].every((letter) => (at = text.indexOf(letter, at + 1)) !== -1);
}
