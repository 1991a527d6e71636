/** Time that passes only by waiting: the next to wake is the one that waits the shortest. Milliseconds from nought. */
export class SimulatedClock {
  #now = 0;
  /** A binary heap, the next to wake at its root. */
  readonly #sleepers: Sleeper[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#push({ at: this.#now + milliseconds, order: this.#order++, wake }));
  }

  /** Lets time pass until nobody sleeps any more. */
  async run(): Promise<void> {
    await settled();
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      this.#now = next.at;
      next.wake();
      await settled();
    }
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(sleeper, heap[above])) break;
      heap[at] = heap[above] as Sleeper;
      at = above;
    }
    heap[at] = sleeper;
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const least = isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[least], last)) break;
      heap[at] = heap[least] as Sleeper;
      at = least;
    }
    heap[at] = last;
    return first;
  }
}

interface Sleeper {
  readonly at: number;
  /** Who came first wakes first. */
  readonly order: number;
  readonly wake: () => void;
}

function isBefore(one: Sleeper | undefined, other: Sleeper | undefined): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** All that follows from what has happened so far has happened: promises settle before the next turn of the loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
