/** A clock whose time passes only by waiting. The shortest wait ends first. Milliseconds from 0. */
export class SimulatedClock {
  #now = 0;
  /** A binary heap with the next sleeper at its root. */
  readonly #sleepers: Sleeper[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#push({ time: this.#now + milliseconds, order: this.#order++, wake }));
  }

  /** Lets time pass until no sleeper is left. */
  async run(): Promise<void> {
    await settled();
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      this.#now = next.time;
      next.wake();
      await settled();
    }
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let index = heap.push(sleeper) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(sleeper, heap[above])) break;
      heap[index] = heap[above] as Sleeper;
      index = above;
    }
    heap[index] = sleeper;
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const leftChild = 2 * index + 1;
      const right = leftChild + 1;
      const least = isBefore(heap[right], heap[leftChild]) ? right : leftChild;
      if (!isBefore(heap[least], last)) break;
      heap[index] = heap[least] as Sleeper;
      index = least;
    }
    heap[index] = last;
    return first;
  }
}

interface Sleeper {
  readonly time: number;
  /** Sleepers with the same time wake in order of arrival. */
  readonly order: number;
  readonly wake: () => void;
}

function isBefore(one: Sleeper | undefined, other: Sleeper | undefined): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

/** Waits until all pending promises have settled, which happens before the next turn of the loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
