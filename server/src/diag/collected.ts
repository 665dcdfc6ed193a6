import { Counter, Gauge, type Registry } from 'prom-client';

/** One value of a metric, with its labels. */
export type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

/** A metric whose values live elsewhere and are read when somebody scrapes. */
export interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labelNames?: readonly string[];
  readonly read: () => Iterable<Sample>;
}

/** Registers a metric that is read at each scrape: what is counted already is not counted twice. */
export function collect(registry: Registry, { name, help, type, labelNames = [], read }: Collected): void {
  const options = { name, help, labelNames: [...labelNames], registers: [registry] };
  if (type === 'counter') {
    new Counter({
      ...options,
      collect() {
        this.reset();
        for (const [value, labels] of read()) this.inc(labels ?? {}, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    collect() {
      this.reset();
      for (const [value, labels] of read()) this.set(labels ?? {}, value);
    },
  });
}

/** Samples of a record of counts, one a key. */
export function byLabel(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([key, value]) => [value, { [label]: key }]);
}
