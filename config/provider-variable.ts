/** The name of a variable that each provider has its own of: `FRESHET_<PROVIDER>_<NAME>`. */
export const providerVariable = (provider: string, name: string): string =>
  `FRESHET_${provider.toUpperCase().replaceAll('-', '_')}_${name}`;
