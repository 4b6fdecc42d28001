/** What becomes of a task. `ended` is over for the lock too, `closing` still has parts that hold it. */
export type ModelState = 'waiting' | 'running' | 'closing' | 'ended' | 'failed' | 'timeout' | 'aborted';

interface ModelTask {
  state: ModelState;
  readonly fails: { value: boolean };
  readonly outer: ModelTask | null;
  /** Where it stands in line: the lock itself, or the task whose lock it takes again. */
  readonly line: Line;
  readonly deadline: number;
  readonly inner: Line;
}

interface Line {
  current: ModelTask | null;
  waiting: ModelTask[];
}

const newLine = (): Line => ({ current: null, waiting: [] });

/** The contract of the lock in plain steps: a line of tasks, and within each task another one. */
export class LockModel {
  readonly tasks: ModelTask[] = [];
  readonly begun: number[] = [];
  readonly #outside = newLine();
  #now = 0;

  /** @param context - the task that calls; `undefined` for nobody. A task that never ran has no context. */
  enter(context: number | undefined, timeoutMs: number): void {
    let outer = context === undefined ? null : (this.tasks[context] ?? null);
    while (outer !== null && outer.state !== 'running') outer = outer.outer;
    const line = outer === null ? this.#outside : outer.inner;
    const deadline = timeoutMs === 0 ? Infinity : this.#now + timeoutMs;
    const task = {
      state: 'waiting' as const,
      fails: { value: false },
      outer,
      line,
      deadline,
      inner: newLine(),
    };
    this.tasks.push(task);
    line.waiting.push(task);
    this.#serve(line);
  }

  finish(index: number, fails: boolean): void {
    const task = this.tasks[index];
    if (task?.state !== 'running') return;
    task.fails.value = fails;
    task.state = 'closing';
    this.#close(task);
  }

  cancel(index: number): void {
    const task = this.tasks[index];
    if (task?.state === 'waiting') this.#refuse(task, 'aborted');
  }

  advance(ms: number): void {
    this.#now += ms;
    const late = this.tasks.filter(({ state, deadline }) => state === 'waiting' && deadline <= this.#now);
    for (const task of late.sort((a, b) => a.deadline - b.deadline)) this.#refuse(task, 'timeout');
  }

  #refuse(task: ModelTask, why: 'timeout' | 'aborted'): void {
    task.state = why;
    task.line.waiting = task.line.waiting.filter((each) => each !== task);
    if (task.outer !== null) this.#close(task.outer);
  }

  /** A task that has ended gives the lock back once nobody within has it or waits for it. */
  #close(task: ModelTask): void {
    const { inner, line, outer } = task;
    if (task.state !== 'closing' || inner.current !== null || inner.waiting.length > 0) return;
    task.state = task.fails.value ? 'failed' : 'ended';
    line.current = null;
    this.#serve(line);
    if (outer !== null) this.#close(outer);
  }

  #serve(line: Line): void {
    if (line.current !== null) return;
    const next = line.waiting.shift();
    if (next === undefined) return;
    line.current = next;
    next.state = 'running';
    this.begun.push(this.tasks.indexOf(next));
  }
}
