import { Controller, Get } from '@nestjs/common';
import { expect } from 'vitest';

import type { TestApp, TestAppOptions } from '../../../test/support/start-app.js';
import { BrowserReadable, Public, RequireScope } from '../access.decorators.js';
import { createdKeySchema, type CreatedKeyView } from '../api-keys.schemas.js';
import { AuthModule } from '../auth.module.js';
import { authMigrations } from '../migrations/index.js';
import { CurrentPrincipal, OptionalPrincipal, type Principal } from '../principal.js';

@Controller('probe')
class ProbeController {
  @Get('generate')
  @RequireScope('generate')
  generate(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('admin')
  @RequireScope('admin')
  admin(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('public')
  @Public()
  public(@OptionalPrincipal() principal: Principal | null): { principal: Principal | null } {
    return { principal };
  }

  @Get('browser')
  @BrowserReadable()
  @RequireScope('read')
  browser(): string {
    return 'seen';
  }
}

@Public()
@Controller('mostly-public')
class MostlyPublicController {
  @Get('closed')
  @RequireScope('admin')
  closed(): string {
    return 'secret';
  }
}

/** Keys, and routes of each sort that ask for them. */
export const AUTH_APP: TestAppOptions = {
  imports: [AuthModule],
  migrations: [...authMigrations],
  controllers: [ProbeController, MostlyPublicController],
};

/** Makes a key. */
export async function makeKey(
  test: TestApp,
  label: string,
  scopes?: readonly string[],
): Promise<CreatedKeyView> {
  const { status, body } = await test.request('POST', '/admin/keys', { body: { label, scopes } });
  expect(status).toBe(201);
  return createdKeySchema.parse(body);
}
