import { arrayFunctions } from './collection/arrays.ts';
import { lambdaFunctions } from './collection/lambdas.ts';
import { mapFunctions } from './collection/maps.ts';
import { conditionalFunctions } from './conditional.ts';
import { aggregateFunctions } from './aggregate/aggregates.ts';
import { functionLibrary, type FunctionLibrary } from './library.ts';
import { jsonFunctions } from './json/json.ts';
import { roundingFunctions } from './math/rounding.ts';
import { transcendentalFunctions } from './math/transcendental.ts';
import { encodingFunctions } from './string/encoding.ts';
import { maskFunctions } from './string/mask.ts';
import { regexpFunctions } from './string/regexp.ts';
import { textFunctions } from './string/text.ts';
import { tableFunctions } from './tableFunctions.ts';
import { timeFunctions } from './time/times.ts';
import { urlFunctions } from './url/urls.ts';

/** Every function that ksqlDB has without being given more. */
export const builtInFunctions: FunctionLibrary = functionLibrary(
  [
    ...textFunctions,
    ...encodingFunctions,
    ...maskFunctions,
    ...regexpFunctions,
    ...arrayFunctions,
    ...mapFunctions,
    ...lambdaFunctions,
    ...conditionalFunctions,
    ...roundingFunctions,
    ...transcendentalFunctions,
    ...timeFunctions,
    ...jsonFunctions,
    ...urlFunctions,
  ],
  tableFunctions,
  aggregateFunctions,
);
