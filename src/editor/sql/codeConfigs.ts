/** Which configs are texts in a language. Apart from the languages, which are large and loaded when such a text is first shown. */
const codeConfigs: ReadonlySet<string> = new Set(['sql', 'operators']);

export const isCode = (config: string): boolean => codeConfigs.has(config);
