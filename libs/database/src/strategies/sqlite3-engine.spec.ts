import { describeSqliteEngine } from '../../testing/index.js';
import { Sqlite3Engine } from './sqlite3-engine.js';

describeSqliteEngine('sqlite3', () => new Sqlite3Engine(100));
describeSqliteEngine('sqlite3 that keeps one statement', () => new Sqlite3Engine(1));
