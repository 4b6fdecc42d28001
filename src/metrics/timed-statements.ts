import { Global, Injectable, Module } from '@nestjs/common';
import { StatementObserver } from 'penstock/database';
import { Operations } from 'penstock/metrics';

/** Times statements as operations of the kind `query`, in which what they wait for counts. */
@Injectable()
class TimedStatements extends StatementObserver {
  constructor(private readonly operations: Operations) {
    super();
  }

  override run<T>(label: string, statement: () => Promise<T>): Promise<T> {
    return this.operations.run({ kind: 'query', name: `query ${label}` }, statement);
  }
}

/** Offers {@link TimedStatements} to the database. Needs a global `MetricsModule`. */
@Global()
@Module({
  providers: [{ provide: StatementObserver, useClass: TimedStatements }],
  exports: [StatementObserver],
})
export class TimedStatementsModule {}
