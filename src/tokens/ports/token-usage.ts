/** Port: what still depends on a token. */
export abstract class TokenUsage {
  /** Generations that this token serves or has to serve, and that have not ended. */
  abstract unfinishedGenerations(tokenId: string): Promise<number>;
}

/** Nothing depends on any token. */
export class UnusedTokens extends TokenUsage {
  override unfinishedGenerations(): Promise<number> {
    return Promise.resolve(0);
  }
}
