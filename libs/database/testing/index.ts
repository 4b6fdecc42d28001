export { FakeConnection } from './fake-connection.js';
export { describeSqliteDataSource, type MakeDataSource } from './describe-sqlite-data-source.js';
export { describeSqliteEngine } from './describe-sqlite-engine.js';
export { Gate } from './gate.js';
export { Author, Book, Counter, LIBRARY, Sample } from './library.entities.js';
export { LibraryDatabase } from './library-database.js';
export { RecordingWaitObserver } from './recording-wait-observer.js';
export { canMount, SmallDisk } from './small-disk.js';
export { TemporaryFolder } from './temporary-folder.js';
