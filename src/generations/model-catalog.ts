import { Injectable } from '@nestjs/common';
import type { ModelDescription } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import { GenerationError } from './generation.errors.js';
import type { RequestFields } from './request-fields.js';

/** What a request asks of a model. */
export interface ModelRequest {
  readonly model: string;
  /** Any kind when left out. */
  readonly kind?: string;
  /** Any provider when left out. */
  readonly provider?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly hasReference: boolean;
  /** How the request spells its fields, for errors. */
  readonly fields: RequestFields;
}

/** Checks requests against what the providers say of their models, before anything is stored or sent. */
@Injectable()
export class ModelCatalog {
  constructor(private readonly providers: ProviderRegistry) {}

  /** Every model once, the way `GET /v1/models` lists it. */
  all(): readonly ModelDescription[] {
    return [...new Map(this.providers.models().map(({ model }) => [model.id, model])).values()];
  }

  /** @throws GenerationError `model_not_found`, naming the models there are */
  get(id: string): ModelDescription {
    const model = this.all().find((candidate) => candidate.id === id);
    if (model === undefined) throw this.#notFound({ model: id });
    return model;
  }

  /**
   * Finds the model that the request means and checks the request's parameters against it.
   *
   * @throws GenerationError `model_not_found`, `unknown_parameter` or `invalid_value`, each naming what would be right
   */
  check(request: ModelRequest): ModelDescription {
    const offer = this.providers
      .models()
      .find(
        ({ provider, model }) =>
          model.id === request.model &&
          (request.kind === undefined || model.kind === request.kind) &&
          (request.provider === undefined || provider === request.provider),
      );
    if (offer === undefined) throw this.#notFound(request);
    for (const [name, value] of Object.entries(request.parameters))
      checkParameter(offer.model, { name, value, field: request.fields.parameters + name });
    if (request.hasReference && !offer.model.acceptsInputReference) {
      const { reference: field } = request.fields;
      const message = `Model "${offer.model.id}" takes no ${field}. Leave it out.`;
      throw GenerationError.of('not_supported', message, { field });
    }
    return offer.model;
  }

  #notFound({ model, kind, provider }: { model: string; kind?: string; provider?: string }): GenerationError {
    const wanted = [
      `"${model.slice(0, 100)}"`,
      kind && `of kind "${kind}"`,
      provider && `by provider "${provider}"`,
    ];
    const offered = this.all();
    const ofKind = offered.filter((each) => each.kind === kind);
    const known = (ofKind.length > 0 ? ofKind : offered).map(({ id }) => id).join(', ');
    const those = ofKind.length > 0 ? 'Models of that kind here' : 'Models here';
    return GenerationError.of(
      'model_not_found',
      `There is no model ${wanted.filter(Boolean).join(' ')}. ${those}: ${known === '' ? 'none' : known}.`,
      { field: 'model' },
    );
  }
}

function checkParameter(
  model: ModelDescription,
  { name, value, field }: { readonly name: string; readonly value: string; readonly field: string },
): void {
  const description = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined;
  if (description === undefined) {
    const known = Object.keys(model.parameters).join(', ');
    throw GenerationError.of(
      'unknown_parameter',
      `${field}: model "${model.id}" has no such parameter. It takes: ${known === '' ? 'none' : known}.`,
      { field },
    );
  }
  if (description.values === undefined || description.values.includes(value)) return;
  throw GenerationError.of(
    'invalid_value',
    `${field}: got "${value.slice(0, 100)}", model "${model.id}" takes one of ${description.values.join(', ')}.`,
    { field },
  );
}
