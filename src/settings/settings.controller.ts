import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Settings, SettingsEditor } from 'penstock/settings';

import { CurrentPrincipal, RequireScope, type Principal } from '../auth/index.js';
import type { Page } from '../http/index.js';
import { ApiErrors } from '../openapi/index.js';

import { EntityTagInterceptor } from './entity-tag.interceptor.js';
import { ExpectedVersion } from './if-match.js';
import {
  listChangesSchema,
  patchSettingsSchema,
  putSettingsSchema,
  settingsChangePageSchema,
  settingsListSchema,
  settingsSectionSchema,
  type ListChangesQuery,
  type SettingsChangeView,
  type SettingsFields,
  type SettingsSectionView,
} from './settings.schemas.js';
import { changePage, sectionView } from './settings.view.js';

const ETAG = { ETag: { description: 'The version.', schema: { type: 'string' as const }, example: '"3"' } };

/** A route that answers with a section. */
const SectionRoute = (description: string): MethodDecorator =>
  applyDecorators(
    UseInterceptors(EntityTagInterceptor),
    ApiResponse({ status: 200, standardSchema: settingsSectionSchema, description, headers: ETAG }),
  );

/** A route that changes a section. */
const ChangeRoute = (summary: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiHeader({
      name: 'If-Match',
      description: 'The ETag of the section that was looked at.',
      required: true,
      schema: { type: 'string' },
      example: '"3"',
    }),
    SectionRoute('The section after the change.'),
    ApiErrors(400, 401, 403, 404, 409, 428),
  );

/** The settings of the gateway and of its plugins. */
@ApiTags('Admin: settings')
@RequireScope('admin')
@Controller('admin/settings')
export class SettingsController {
  constructor(
    private readonly settings: Settings,
    private readonly editor: SettingsEditor,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Read every section: what holds, what was set, the defaults, and what may be set.',
  })
  @ApiResponse({ status: 200, standardSchema: settingsListSchema, description: 'The sections, by name.' })
  @ApiErrors(401, 403)
  list(): { readonly data: readonly SettingsSectionView[] } {
    return { data: this.settings.states().map(sectionView) };
  }

  @Get(':section')
  @ApiOperation({ summary: 'Read a section. Its ETag goes with a change.' })
  @SectionRoute('The section.')
  @ApiErrors(401, 403, 404)
  read(@Param('section') section: string): SettingsSectionView {
    return sectionView(this.settings.state(section));
  }

  @Put(':section')
  @ChangeRoute('Set exactly these fields of a section.')
  async put(
    @Param('section') section: string,
    @Body({ schema: putSettingsSchema }) values: SettingsFields,
    @ExpectedVersion() expectedVersion: number,
    @CurrentPrincipal() { keyId: by }: Principal,
  ): Promise<SettingsSectionView> {
    return sectionView(await this.editor.put(section, values, { expectedVersion, by }));
  }

  @Patch(':section')
  @ChangeRoute('Change some fields of a section.')
  async patch(
    @Param('section') section: string,
    @Body({ schema: patchSettingsSchema }) patch: SettingsFields,
    @ExpectedVersion() expectedVersion: number,
    @CurrentPrincipal() { keyId: by }: Principal,
  ): Promise<SettingsSectionView> {
    return sectionView(await this.editor.patch(section, patch, { expectedVersion, by }));
  }

  @Delete(':section')
  @ChangeRoute('Give every field of a section back to its default.')
  async reset(
    @Param('section') section: string,
    @ExpectedVersion() expectedVersion: number,
    @CurrentPrincipal() { keyId: by }: Principal,
  ): Promise<SettingsSectionView> {
    return sectionView(await this.editor.reset(section, { expectedVersion, by }));
  }

  @Get(':section/history')
  @ApiOperation({ summary: 'List the changes of a section, newest first.' })
  @ApiResponse({ status: 200, standardSchema: settingsChangePageSchema, description: 'A page of changes.' })
  @ApiErrors(400, 401, 403, 404)
  async history(
    @Param('section') section: string,
    @Query({ schema: listChangesSchema }) { limit, cursor }: ListChangesQuery,
  ): Promise<Page<SettingsChangeView>> {
    return changePage(await this.editor.history(section, { limit: limit + 1, before: cursor }), limit);
  }
}
