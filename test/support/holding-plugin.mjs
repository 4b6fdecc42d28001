// Holds connections of the gateway's database for as long as a test says: for PENSTOCK_PLUGINS.
import { Controller, Delete, Module, Param, Post } from '@nestjs/common';
import { RequireScope } from 'penstock';
import { DatabasePool } from 'penstock/database';

/** Holds as many as it is told, under the name `a long import`, until it lets go of all. */
class HoldController {
  #giveBack = () => undefined;
  #held = [];

  constructor(pool) {
    this.pool = pool;
  }

  async hold(kind, count) {
    const released = new Promise((resolve) => {
      this.#giveBack = resolve;
    });
    for (let n = 0; n < Number(count); n += 1)
      await new Promise((begun) => {
        const work = async () => {
          begun();
          await released;
        };
        this.#held.push(this.pool[kind](work, { label: 'a long import' }));
      });
  }

  async release() {
    this.#giveBack();
    await Promise.all(this.#held.splice(0));
  }
}

// What TypeScript would write for the decorators.
Reflect.defineMetadata('design:paramtypes', [DatabasePool], HoldController);
const decorate = (name, ...decorators) => {
  const { prototype } = HoldController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorator of decorators) decorator(prototype, name, descriptor);
};
decorate('hold', Post(':kind/:count'));
Param('kind')(HoldController.prototype, 'hold', 0);
Param('count')(HoldController.prototype, 'hold', 1);
decorate('release', Delete());
RequireScope('admin')(HoldController);
Controller('hold')(HoldController);

export class HoldingModule {}
Module({ controllers: [HoldController] })(HoldingModule);
