import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { ModelDescription } from 'penstock/plugin-api';

import { RequireScope } from '../auth/index.js';
import { ModelCatalog } from '../generations/model-catalog.js';
import { ApiErrors } from '../openapi/index.js';
import { modelListSchema, modelSchema, type ModelListView, type ModelView } from './model.schemas.js';

/** The models that can be asked for, in the shape of the OpenAI API. */
@ApiTags('OpenAI')
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly catalog: ModelCatalog) {}

  @Get()
  @RequireScope('read')
  @ApiOperation({ summary: 'List the models, with the parameters that each takes.' })
  @ApiResponse({ status: 200, standardSchema: modelListSchema })
  @ApiErrors(401, 403)
  list(): ModelListView {
    return { object: 'list', data: this.catalog.all().map(modelOf) };
  }

  @Get(':id')
  @RequireScope('read')
  @ApiOperation({ summary: 'Read a model.' })
  @ApiResponse({ status: 200, standardSchema: modelSchema })
  @ApiErrors(401, 403, 404)
  read(@Param('id') id: string): ModelView {
    return modelOf(this.catalog.get(id));
  }
}

function modelOf({
  id,
  kind,
  ownedBy,
  createdAt,
  parameters,
  acceptsInputReference,
}: ModelDescription): ModelView {
  return {
    id,
    object: 'model',
    created: createdAt,
    owned_by: ownedBy,
    kind,
    accepts_input_reference: acceptsInputReference,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { description, values, default: standard }]) => [
        name,
        { description, values: values === undefined ? null : [...values], default: standard ?? null },
      ]),
    ),
  };
}
