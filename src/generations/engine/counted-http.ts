import type { JsonAnswer, ProviderHttp, ProviderRequest, StreamAnswer } from 'penstock/plugin-api';

/** Counts the requests of a provider's method. */
export class CountedHttp implements ProviderHttp {
  requests = 0;

  constructor(private readonly http: ProviderHttp) {}

  json(request: ProviderRequest): Promise<JsonAnswer> {
    this.requests += 1;
    return this.http.json(request);
  }

  stream(request: ProviderRequest): Promise<StreamAnswer> {
    this.requests += 1;
    return this.http.stream(request);
  }
}
