import { Explorer, ordersOf, rehearse } from './exhaustive';
import type { Task } from './workers';

// A worker of the exhaustive search, started by `workers.ts`. It gets one task after the other, and answers each.

process.on('message', ({ order: number, depth, isRehearsal }: Task) => {
  const order = ordersOf(depth)[number];
  const result = isRehearsal ? rehearse(order) : new Explorer(depth).explore(order);
  result.then((answer) => process.send!(answer), (error) => {
    console.error(error);
    process.exit(1);
  });
});
