import { comesBefore, type Turn } from './turn.js';
import type { Waiter } from './waiter.js';

interface Node {
  readonly waiter: Waiter;
  /** Higher than those below it. */
  readonly height: number;
  left: Node | undefined;
  right: Node | undefined;
  size: number;
  /** Tokens that every waiter from here down excludes. */
  common: ReadonlySet<string>;
  /** The most tokens that one of them excludes. */
  mostExcluded: number;
}

type Tree = Node | undefined;

const NONE: ReadonlySet<string> = new Set();

/**
 * Waiters in turn: a treap (Aragon and Seidel, 1989). Joining, leaving, the place of a waiter, and the first that may
 * use a given token each take O(log n), whatever the others exclude.
 */
export class WaiterTree {
  #root: Tree;

  get size(): number {
    return this.#root?.size ?? 0;
  }

  get mostExcluded(): number {
    return this.#root?.mostExcluded ?? 0;
  }

  get first(): Waiter | undefined {
    let node = this.#root;
    while (node?.left !== undefined) node = node.left;
    return node?.waiter;
  }

  add(waiter: Waiter): void {
    this.#root = insert(this.#root, leafOf(waiter));
  }

  remove(waiter: Waiter): void {
    this.#root = without(this.#root, waiter);
  }

  /** The first that does not exclude the token. */
  firstFor(tokenId: string): Waiter | undefined {
    const mayUse = (tree: Tree): tree is Node => tree !== undefined && !tree.common.has(tokenId);
    let node = this.#root;
    while (mayUse(node)) {
      if (mayUse(node.left)) node = node.left;
      else if (node.waiter.excluded.has(tokenId)) node = node.right;
      else return node.waiter;
    }
    return undefined;
  }

  /** 1-based; `null` when it is not in it. */
  positionOf(waiter: Waiter): number | null {
    let ahead = 0;
    for (let node = this.#root; node !== undefined;) {
      if (comesBefore(waiter.turn, node.waiter.turn)) {
        node = node.left;
        continue;
      }
      ahead += (node.left?.size ?? 0) + 1;
      if (node.waiter === waiter) return ahead;
      node = node.right;
    }
    return null;
  }

  /** How many have their turn before this one. */
  countBefore(turn: Turn): number {
    let count = 0;
    for (let node = this.#root; node !== undefined;) {
      if (comesBefore(node.waiter.turn, turn)) {
        count += (node.left?.size ?? 0) + 1;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return count;
  }

  /** Reckons all turns anew; O(n log n). */
  reckon(headStartMs: number): void {
    const waiters = [...this];
    this.#root = undefined;
    for (const waiter of waiters) {
      waiter.reckon(headStartMs);
      this.add(waiter);
    }
  }

  *[Symbol.iterator](): Iterator<Waiter> {
    const above: Node[] = [];
    for (let node = this.#root; node !== undefined || above.length > 0;) {
      for (; node !== undefined; node = node.left) above.push(node);
      const next = above.pop();
      if (next === undefined) return;
      yield next.waiter;
      node = next.right;
    }
  }
}

function leafOf(waiter: Waiter): Node {
  const { excluded, turn } = waiter;
  return {
    waiter,
    height: scrambled(turn.ticket),
    left: undefined,
    right: undefined,
    size: 1,
    common: excluded,
    mostExcluded: excluded.size,
  };
}

/** As good as random for the shape of the tree, and the same in every run (the finaliser of MurmurHash3). */
function scrambled(ticket: number): number {
  let hash = Math.imul((ticket | 0) ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function insert(tree: Tree, leaf: Node): Node {
  if (tree === undefined) return leaf;
  if (leaf.height > tree.height) {
    [leaf.left, leaf.right] = split(tree, leaf.waiter.turn);
    return summed(leaf);
  }
  if (comesBefore(leaf.waiter.turn, tree.waiter.turn)) tree.left = insert(tree.left, leaf);
  else tree.right = insert(tree.right, leaf);
  return summed(tree);
}

function split(tree: Tree, turn: Turn): [Tree, Tree] {
  if (tree === undefined) return [undefined, undefined];
  if (comesBefore(tree.waiter.turn, turn)) {
    const [left, right] = split(tree.right, turn);
    tree.right = left;
    return [summed(tree), right];
  }
  const [left, right] = split(tree.left, turn);
  tree.left = right;
  return [left, summed(tree)];
}

function without(tree: Tree, waiter: Waiter): Tree {
  if (tree === undefined) return undefined;
  if (tree.waiter === waiter) return merged(tree.left, tree.right);
  if (comesBefore(waiter.turn, tree.waiter.turn)) tree.left = without(tree.left, waiter);
  else tree.right = without(tree.right, waiter);
  return summed(tree);
}

function merged(left: Tree, right: Tree): Tree {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.height > right.height) {
    left.right = merged(left.right, right);
    return summed(left);
  }
  right.left = merged(left, right.left);
  return summed(right);
}

function summed(node: Node): Node {
  const { left, right, waiter } = node;
  node.size = 1 + (left?.size ?? 0) + (right?.size ?? 0);
  node.mostExcluded = Math.max(waiter.excluded.size, left?.mostExcluded ?? 0, right?.mostExcluded ?? 0);
  node.common = shared(shared(waiter.excluded, left), right);
  return node;
}

function shared(tokens: ReadonlySet<string>, tree: Tree): ReadonlySet<string> {
  if (tree === undefined || tokens.size === 0) return tokens;
  if (tree.common.size === 0) return NONE;
  const both = [...tokens].filter((id) => tree.common.has(id));
  return both.length === tokens.size ? tokens : new Set(both);
}
