/** What a LIKE pattern means, token by token: a text of its own, any one character, or any number of them (`LikeEvaluator`). */

const special = /[.*+?^${}()|[\]\\/]/g;

/** A pattern as a regular expression. Like Java's `.`, its wildcards do not match the end of a line. Throws where it ends in its escape. */
function likeExpression(pattern: string, escape: string | null): RegExp {
  let source = '';
  let escaped = false;
  for (const character of pattern) {
    const literal = character.replace(special, '\\$&');
    if (escaped) {
      source += literal;
      escaped = false;
    } else if (character === escape) escaped = true;
    else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else source += literal;
  }
  if (escaped) throw new Error('LIKE pattern must not end with escape character');
  return new RegExp(`^(?:${source})$`, 'u');
}

/** A test of texts against patterns that keeps the last pattern's expression. */
export function likeTest(escape: string | null): (value: string, pattern: string) => boolean {
  let known: string | null = null;
  let expression = /^$/;
  return (value, pattern) => {
    if (pattern !== known) {
      expression = likeExpression(pattern, escape);
      known = pattern;
    }
    return expression.test(value);
  };
}
