import { CodedError } from 'penstock/kernel';

/** One environment variable that is wrong. */
export interface ConfigProblem {
  readonly variable: string;
  /** What was got, without secrets. */
  readonly got: string;
  /** What would be right. */
  readonly expected: string;
}

/** The environment holds bad values. The message names all of them, a line each, and never holds a secret. */
export class ConfigError extends CodedError<'config_invalid'> {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ variable, got, expected }) => `  ${variable}: got ${got}; expected ${expected}.`,
    );
    const subject =
      problems.length === 1 ? '1 environment variable is' : `${problems.length} environment variables are`;
    super('config_invalid', 'invalid_input', `${subject} wrong:\n${lines.join('\n')}`);
  }
}
