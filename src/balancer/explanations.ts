import { Injectable } from '@nestjs/common';
import { Balancer, type LeaseRequest, type TokenVerdict } from 'penstock/balancer';
import { ProviderRegistry } from 'penstock/plugin-host';
import { TokenCache } from 'penstock/token-cache';

import { ModelCatalog } from '../generations/model-catalog.js';
import { NATIVE_FIELDS } from '../generations/request-fields.js';
import { toPage, type Page } from '../http/index.js';
import { PooledTokens, TokenStore, type Token } from '../tokens/index.js';
import { explainedTokenSchema, type ExplainedToken, type ExplainQuery } from './explain.schemas.js';

const verdictSchema = explainedTokenSchema.shape.verdict;

/** Says of each token whether it would serve a generation of a model now. */
@Injectable()
export class Explanations {
  constructor(
    private readonly tokens: TokenStore,
    private readonly cache: TokenCache,
    private readonly pooled: PooledTokens,
    private readonly balancer: Balancer,
    private readonly providers: ProviderRegistry,
    private readonly models: ModelCatalog,
  ) {}

  /** @throws GenerationError `model_not_found` */
  async page(query: ExplainQuery): Promise<Page<ExplainedToken>> {
    const request = this.#requestOf(query);
    const { limit, cursor, provider } = query;
    const rows = await this.tokens.list({ limit: limit + 1, after: cursor, provider });
    return toPage(rows, limit, (row) => this.#explain(row, request));
  }

  #requestOf({ model: id, kind }: ExplainQuery): LeaseRequest {
    const asked = { model: id, parameters: {}, hasReference: false, fields: NATIVE_FIELDS };
    const model = this.models.check(kind === undefined ? asked : { ...asked, kind });
    const providers = this.providers.providersOf(model.id, model.kind).map(({ manifest }) => manifest.name);
    const anybody = { holder: 'explanation', tokenId: null, excluded: new Set<string>() };
    return { ...anybody, kind: model.kind, model: model.id, providers };
  }

  #explain(row: Token, request: LeaseRequest): ExplainedToken {
    const token = this.cache.get(row.id) ?? this.pooled.of(row);
    const explained = this.balancer.explainToken(request, token);
    const { verdict, until } = explained;
    return {
      tokenId: row.id,
      label: row.label,
      provider: row.provider,
      verdict: verdictSchema.parse(verdict),
      detail: detailOf(row, explained),
      until: until === null ? null : new Date(until).toISOString(),
    };
  }
}

/** The pool does not know who turned a token off, and when. */
function detailOf(
  { enabled, disabledBy, disabledAt, disabledReason }: Token,
  { verdict, detail }: TokenVerdict,
): string {
  if (verdict !== 'disabled' || enabled || disabledBy === null) return detail;
  const since = disabledAt === null ? '' : ` since ${new Date(disabledAt).toISOString()}`;
  return `disabled by ${disabledBy}${since}${disabledReason === null ? '' : `: ${disabledReason}`}`;
}
