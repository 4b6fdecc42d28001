import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { TREES } from './tree.entities.js';

/** The part of the suite about trees. */
export function describeTrees(source: () => DataSource): void {
  describe.each(TREES.map((entity) => [entity.name, entity] as const))('a tree (%s)', (_, entity) => {
    it('is saved node by node, and read from above and below', async () => {
      const trees = source().manager.getTreeRepository<(typeof TREES)[number]['prototype']>(entity);
      const root = await trees.save(trees.create({ name: 'root' }));
      const left = await trees.save(trees.create({ name: 'left', parent: root }));
      await trees.save(trees.create({ name: 'right', parent: root }));
      const leaf = await trees.save(trees.create({ name: 'leaf', parent: left }));
      const names = (nodes: readonly { readonly name: string }[]): string[] =>
        nodes.map(({ name }) => name).sort();
      expect(names(await trees.findRoots())).toEqual(['root']);
      expect(names(await trees.findDescendants(left))).toEqual(['leaf', 'left']);
      expect(names(await trees.findAncestors(leaf))).toEqual(['leaf', 'left', 'root']);
      expect(await trees.countDescendants(root)).toBe(4);
      const [tree] = await trees.findTrees();
      expect(names(tree?.children ?? [])).toEqual(['left', 'right']);
    });
  });
}
