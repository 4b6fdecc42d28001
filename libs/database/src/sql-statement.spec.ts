import { describe, expect, it } from 'vitest';

import { isWrite, parseStatement, refuseTransactionControl } from './sql-statement.js';

describe('parseStatement', () => {
  it.each([
    ['SELECT * FROM "token" WHERE id = ?', 'SELECT', true, 'SELECT token'],
    ['insert into token (a) values (?)', 'INSERT', false, 'INSERT token'],
    ['INSERT OR IGNORE INTO `token` VALUES (1)', 'INSERT', false, 'INSERT token'],
    ['INSERT INTO "token" VALUES (1) RETURNING id', 'INSERT', true, 'INSERT token'],
    [`UPDATE "token" SET a = 'RETURNING' WHERE "returning" = 1`, 'UPDATE', false, 'UPDATE token'],
    ['UPDATE token SET a = (SELECT 1) returning *', 'UPDATE', true, 'UPDATE token'],
    ['UPDATE "archive"."token" SET a = 1', 'UPDATE', false, 'UPDATE token'],
    ['SELECT 1 FROM archive.token', 'SELECT', true, 'SELECT token'],
    ['DELETE FROM [token]', 'DELETE', false, 'DELETE token'],
    ['REPLACE INTO token VALUES (1)', 'REPLACE', false, 'REPLACE token'],
    ['-- UPDATE x\n /* DELETE */ SELECT 1', 'SELECT', true, 'SELECT'],
    ['WITH n(i) AS (SELECT 1 UNION SELECT 2) UPDATE token SET a = 1', 'UPDATE', true, 'UPDATE'],
    ['WITH n AS (SELECT 1) SELECT * FROM n', 'SELECT', true, 'SELECT n'],
    ['PRAGMA journal_mode', 'PRAGMA', true, 'PRAGMA'],
    ['', '', true, ''],
  ])('%s', (sql, verb, returnsRows, label) => {
    expect(parseStatement(sql)).toMatchObject({ verb, returnsRows, label, several: false });
  });

  it.each([
    'BEGIN',
    'begin immediate',
    ';; COMMIT',
    '/* x */ ROLLBACK TO s',
    'SAVEPOINT s',
    'RELEASE s',
    'END',
  ])('knows %s as transaction control', (sql) => {
    expect(() => {
      refuseTransactionControl(parseStatement(sql));
    }).toThrow('cannot be run as a query');
  });

  it('tells inserts of given rows from those of selected ones', () => {
    const insertsValues = (sql: string): boolean => parseStatement(sql).insertsValues;
    expect(insertsValues('INSERT INTO a DEFAULT VALUES')).toBe(true);
    expect(insertsValues('INSERT INTO a VALUES ((SELECT 1)) ON CONFLICT DO UPDATE SET b = 1')).toBe(true);
    expect(insertsValues('INSERT INTO a SELECT * FROM b')).toBe(false);
    expect(insertsValues('INSERT INTO a VALUES (1) RETURNING b')).toBe(false);
    expect(insertsValues('UPDATE a SET b = 1')).toBe(false);
  });

  it('sees a second statement, but not a semicolon in quotes, at the end or in a trigger', () => {
    const several = (sql: string): boolean => parseStatement(sql).several;
    expect(several('SELECT 1; DELETE FROM token')).toBe(true);
    expect(several(`SELECT ';x' AS ";y" -- ; z`)).toBe(false);
    expect(several('SELECT 1 ; ; ')).toBe(false);
    expect(several('CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END')).toBe(false);
  });

  it('puts no values into the label', () => {
    expect(parseStatement(`DELETE FROM token WHERE secret = 's3cret'`).label).not.toContain('s3cret');
  });

  it('tells writes', () => {
    expect(isWrite(parseStatement('WITH a AS (SELECT 1) DELETE FROM b'))).toBe(true);
    expect(isWrite(parseStatement('SELECT 1'))).toBe(false);
  });

  it('takes time in proportion to the length', () => {
    const sql = `SELECT ${'('.repeat(500)}1${')'.repeat(500)} FROM token WHERE id IN (${'?,'.repeat(20_000)}?)`;
    expect(parseStatement(sql).label).toBe('SELECT token');
  });
});
