import { hunt } from './mutant';
import { MUTATIONS } from './mutations';
const [pattern = '.', seed = '1', runs = '300', at = '1'] = process.argv.slice(2);
void (async () => {
  const start = Date.now();
  const waiting = MUTATIONS.filter((m) => new RegExp(pattern).test(m.what + ' ' + m.file + ' ' + (m.features ?? []).join()));
  await Promise.all(Array.from({ length: Number(at) }, async () => {
    for (let m = waiting.shift(); m; m = waiting.shift()) {
      const v: any = await hunt(m, { seed: Number(seed), runs: Number(runs) }).catch((e) => ({ found: 'ERROR', histories: 0, seconds: 0, what: String(e) }));
      console.log(`${v.found} ${v.histories} ${v.seconds.toFixed(1)}s g${m.guarantee} ${m.what} | ${v.what.slice(0, 260)}`);
    }
  }));
  console.log('total', (Date.now() - start) / 1000);
})();
