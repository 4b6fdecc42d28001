import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const column = (type: string) => (name: string) => ({ name, type });
const text = column('text');
const integer = column('integer');
const bigint = column('bigint');
const nullable = <T extends object>(of: T) => ({ ...of, isNullable: true });

/** The table of tokens. */
export class CreateTokens1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'tokens',
        columns: [
          { ...text('id'), isPrimary: true },
          ...[
            'provider',
            'label',
            'sealed_secret',
            'fingerprint',
            'last4',
            'base_url',
            'limits',
            'remark',
          ].map(text),
          ...['sealed_refresh_secret', 'proxy_url', 'quota_group'].map(text).map(nullable),
          ...['disabled_reason', 'disabled_by', 'cooling_reason'].map(text).map(nullable),
          { name: 'weight', type: 'double precision' },
          { name: 'enabled', type: 'boolean' },
          ...['consecutive_errors', 'submitted', 'completed', 'failed', 'version'].map(integer),
          ...['created_at', 'updated_at'].map(bigint),
          ...['expires_at', 'cooling_until', 'last_used_at'].map(bigint).map(nullable),
        ],
      }),
    );
    await runner.createIndices('tokens', [
      new TableIndex({
        name: 'tokens_secret',
        columnNames: ['fingerprint', 'provider', 'base_url'],
        isUnique: true,
      }),
      new TableIndex({ name: 'tokens_by_age', columnNames: ['created_at', 'id'] }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('tokens');
  }
}
